import { createHash } from 'node:crypto';
import type { SsmCommand } from '../state/commands.ts';
import type { UnpackedArchive } from '../state/volumes.ts';
import type { World } from '../state/world.ts';

/** What AWS-RunRemoteScript does on a guest before and by its script: what arrives, or where it fails. */
interface RemoteRun {
  archive?: UnpackedArchive | undefined;
  /** The script that the object is. */
  text?: string;
  failure?: { step?: 'downloadContent'; stderr: string };
}

/**
 * Downloads the object of a command, and does what the script does with it. The agent asks S3 with the instance's role, and after
 * a refusal anonymously, so that the refusal of the second request is the one that is told:
 * github.com/aws/amazon-ssm-agent, agent/fileutil/artifact/artifact.go. The simulator runs no script, and understands nothing but
 * the scripts of core/guest/remote/unpack-files.ts, and those of core/guest/packed-script.ts that start the object itself.
 */
export function runRemotely(world: World, { parameters, script }: SsmCommand): RemoteRun {
  const { path } = JSON.parse(parameters['sourceInfo']?.[0] ?? '{}') as { path?: string };
  const [, bucket = '', key = ''] =
    /^https:\/\/s3\.[\w-]+\.amazonaws\.com(?:\.cn)?\/([^/]+)\/(.+)$/.exec(path ?? '') ?? [];
  const object = world.buckets.get(bucket)?.objects.get(key);
  if (!object)
    return {
      failure: { step: 'downloadContent', stderr: 'http request failed. status:403 Forbidden statuscode:403' },
    };
  const [wanted] = /\b[0-9a-f]{64}\b/.exec(script) ?? [];
  if (createHash('sha256').update(object.body).digest('hex') === wanted) {
    const isScript = /^\$?step ?= ?/m.test(script);
    return isScript ? { text: object.body.toString() } : { archive: unpacked(script, object.body) };
  }
  const said = /the (?:files|script) that arrived [^'"]*/.exec(script)?.[0] ?? '';
  return { failure: { stderr: said } };
}

/** The archive in its place, as the script unpacks it. */
function unpacked(script: string, archive: Buffer): UnpackedArchive | undefined {
  const into = /\$?into ?= ?'([^']*)'/.exec(script)?.[1];
  if (into === undefined) return undefined;
  const name = (/^mv .*\/'([^']*)'$/m.exec(script) ?? /Join-Path \$into '([^']*)'/.exec(script))?.[1];
  const mode = /-type f -exec chmod (\d+)/.exec(script)?.[1];
  const owner = /^chown -hR (\S+) /m.exec(script)?.[1];
  return { archive, into, name, mode, owner };
}

import { Failure, lastingFailure } from '../../core/errors.ts';
import {
  areAllDone,
  isToBeDisabled,
  settledRevocation,
  turnedBack,
  type Revocation,
  type RevokedBuild,
} from '../../core/channel/revocation.ts';
import type { BuildIdentity } from '../../core/tags.ts';
import { reachImages } from '../accounts/reach-images.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { readDocument, readVersioned, replace } from '../memory/documents.ts';
import { carryOutOn, observeForRevoke } from '../moves/revoked-images.ts';
import { holdingChannels } from './holding-channels.ts';

/** What these functions call. */
export const revokePermissions = [
  's3:GetObject',
  's3:PutObject',
  'ec2:DescribeImageAttribute',
  'ec2:DescribeImages',
  'ec2:DescribeSnapshotAttribute',
  'ec2:DisableImage',
  'ec2:EnableImage',
  'ec2:ModifyImageAttribute',
  'ec2:ModifySnapshotAttribute',
  'sts:AssumeRole',
];

type Asked = Pick<Revocation, 'execution' | 'who' | 'at' | 'why' | 'together' | 'retired'>;
const again = (what: string): Failure => new Failure('AwsTransient', `${what}; look again`);

/** @throws MoveRefused if a channel holds a build that is about to be revoked, because it was moved there meanwhile. */
async function refuseIfHeld(artifacts: Artifacts, { recipe, build }: RevokedBuild, channelRoot: string): Promise<void> {
  const held = await holdingChannels(artifacts, { recipe, build }, channelRoot);
  if (held.length === 0) return;
  const names = held.map(({ parameter }) => parameter).join(', ');
  throw new Failure('MoveRefused', `${names} was moved to ${build} since the revoke was decided; revoke again`);
}

/** Brings every AMI of a revoke, with its snapshots, to where its document says, and then settles the document. */
async function carryOut(
  artifacts: Artifacts,
  about: BuildIdentity,
  revocation: Revocation,
  version: string,
): Promise<void> {
  const by = { verb: isToBeDisabled(revocation) ? 'revoke' : 'restore', who: revocation.restoredBy ?? revocation.who };
  const reach = reachImages(artifacts, about, by, 'revoke');
  for (const one of revocation.images) await carryOutOn(reach, revocation, one);
  if (!(await replace(artifacts, about, 'revocation', settledRevocation(revocation), { version })))
    throw again(`another execution changed the revocation of ${about.build}`);
}

/** Writes down what is underway, and carries it out. Safe to repeat. */
async function change(
  artifacts: Artifacts,
  { recipe, build }: RevokedBuild,
  decide: (found: Revocation | undefined) => Promise<Revocation | undefined>,
  judge: () => Promise<void> = async () => undefined,
): Promise<void> {
  const about = { recipe, build };
  const found = await readVersioned(artifacts, about, 'revocation');
  const wanted = await decide(found?.content);
  if (!wanted) return;
  if (wanted !== found?.content && !(await replace(artifacts, about, 'revocation', wanted, found ?? 'nothing')))
    throw again(`another execution changed the revocation of ${build}`);
  const written = await readVersioned(artifacts, about, 'revocation');
  if (!written || written.content.execution !== wanted.execution) throw again(`the revocation of ${build} is not ours`);
  // From now on no channel moves to the build: see moveOnce. A move that had begun before shows here.
  await judge();
  await carryOut(artifacts, about, written.content, written.version);
}

/** Disables a build's AMIs everywhere and takes their snapshots from everybody. The permissions are saved first. */
export const revokeBuild = (
  artifacts: Artifacts,
  build: RevokedBuild,
  asked: Asked,
  channelRoot: string,
): Promise<void> =>
  change(
    artifacts,
    build,
    async (found) => {
      if (found?.execution === asked.execution) return found.state === 'revoking' ? found : undefined;
      const reach = reachImages(artifacts, build, { verb: 'revoke', who: asked.who }, 'revoke');
      const images = await Promise.all(build.images.map((one) => observeForRevoke(reach, one, found?.images)));
      return { schema: 1, state: 'revoking', ...asked, images: images.flat() };
    },
    () => refuseIfHeld(artifacts, build, channelRoot),
  );

/** Enables a build's AMIs again, with the permissions that they and their snapshots had. */
export const restoreBuild = (artifacts: Artifacts, build: RevokedBuild, asked: Asked): Promise<void> =>
  change(artifacts, build, async (found) => {
    if (!found || found.state === 'restored' || found.deregisteredBy !== undefined) return undefined;
    if (found.execution === asked.execution) return found.state === 'restoring' ? found : undefined;
    const { undoes: _, together: __, ...before } = found;
    const { execution, who: restoredBy, together } = asked;
    return { ...before, execution, restoredBy, state: 'restoring', ...(together && { together }) };
  });

/**
 * Takes back what a failed execution has revoked or restored, unless that was all. If the revocation of one build cannot be read, nobody
 * knows whether that was all, so nothing is changed. @returns what AWS refused of that.
 */
export async function turnBack(artifacts: Artifacts, builds: RevokedBuild[], execution: string): Promise<string[]> {
  const left: string[] = [];
  const tell = (build: BuildIdentity) => (error: unknown) =>
    void left.push(`the images of ${build.recipe}-${build.build}: ${lastingFailure(error).message}`);
  const read = builds.map((one) => readDocument(artifacts, one, 'revocation').catch(tell(one)));
  const found = (await Promise.all(read)).map((one) => one ?? undefined);
  if (left.length > 0 || areAllDone(found, execution)) return left;
  for (const one of builds) await change(artifacts, one, async (now) => turnedBack(now, execution)).catch(tell(one));
  return left;
}

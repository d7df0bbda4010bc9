import { failingTail, outputMissing } from '../../core/guest/command-output.ts';
import type { Plan } from '../../core/build/plan.ts';
import { commandOutput } from '../../core/memory/documents.ts';
import type { Invocation } from '../instances/commands.ts';
import { listArtifacts, readTail, type Artifacts } from '../memory/artifacts.ts';
import { look } from '../preflight/seen.ts';

/** No output of a build's commands arrived in the bucket, or the look was refused. */
async function missing(artifacts: Artifacts, plan: Plan): Promise<string | undefined> {
  const prefix = `${commandOutput.key(plan)}/`;
  const { found, refused } = await look(() => listArtifacts(artifacts, prefix));
  if (refused !== undefined) return `could not look whether output of commands arrived: ${refused}`;
  if (found.length > 0) return undefined;
  return outputMissing(`s3://${artifacts.bucket}/${prefix}`, plan.document.builder.instanceProfile);
}

/**
 * Adds a note to the plan of a build whose command output did not arrive. The last script of every builder prints a word, so a
 * build without any output has lost it. The agent uploads with the rights of the instance profile, and SSM does not report a
 * refused upload.
 */
export async function withOutputNote<Known extends Plan | undefined>(
  cloud: Artifacts & { log: (line: Record<string, unknown>) => void },
  plan: Known,
  state: string,
): Promise<Known> {
  const note = plan && (await missing(cloud, plan));
  if (note === undefined) return plan;
  cloud.log({ level: 'WARN', state, note });
  return { ...plan, notes: [...(plan?.notes ?? []), note] };
}

const tailBytes = 4000;
// SSM keeps only the beginning of a long output, but errors are at its end. The bucket has all of it.
async function wholeTail(artifacts: Artifacts, text: string, url: string): Promise<string> {
  const cut = text.includes('--output truncated--') || text.length >= 2400;
  return (cut && url ? await readTail(artifacts, url, tailBytes) : undefined) ?? text;
}

/** The end of what a command printed, errors before the rest. */
export async function outputTail(
  artifacts: Artifacts,
  { stdout, stderr, stdoutUrl, stderrUrl }: Invocation,
): Promise<string> {
  return failingTail(await wholeTail(artifacts, stdout, stdoutUrl), await wholeTail(artifacts, stderr, stderrUrl));
}

/** Where the whole output is. SSM does not report it if the agent's upload was refused. */
export async function whereAllIs(
  artifacts: Artifacts,
  { stdout, stderr, stdoutUrl, stderrUrl }: Invocation,
  key: string,
) {
  const where = `s3://${artifacts.bucket}/${key}`;
  const [printed, url] = stderr ? [stderr, stderrUrl] : [stdout, stdoutUrl];
  const arrived = !printed || !url || (await readTail(artifacts, url, 1)) !== undefined;
  return arrived
    ? `all of it: ${where}`
    : `its whole output did not arrive at ${where}: may the role of the instance profile write there, and is there a way to S3?`;
}

import { endsWithBuild } from '../../core/build/identity.ts';
import type { Plan } from '../../core/build/plan.ts';
import { timingsOf, type Timing } from '../../core/build/timings.ts';
import type { Ancestor, PageFacts } from '../../core/report/page/facts.ts';
import { sentCommands, type SentCommand } from '../../core/report/page/sent-commands.ts';
import type { BuildIdentity } from '../../core/tags.ts';
import { historyReader, type ExecutionEvent, stateEventOf } from '../executions/execution-history.ts';
import { readDocument } from '../memory/documents.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { Failure } from '../../core/errors.ts';
import { variantManifests } from '../variants/ends.ts';
import { readCommandEnds } from './command-ends.ts';

/** What collectPageFacts calls. */
export const pagePermissions = ['s3:GetObject', 's3:ListBucket', 'states:GetExecutionHistory'];

/**
 * Reads what the page of a build is made of. Undefined if the build has no manifest, so nothing was made.
 * @param execution ARN of the last execution that worked on the build. Without one, its plan names the first.
 */
export async function collectPageFacts(
  artifacts: Artifacts,
  identity: BuildIdentity,
  execution?: string,
): Promise<PageFacts | undefined> {
  const manifest = await readDocument(artifacts, identity, 'manifest');
  if (!manifest) return undefined;
  const plan = await readDocument(artifacts, identity, 'plan');
  const first = plan?.execution;
  const last = execution ?? first;
  const history = await historyOrNothing(artifacts, last);
  // A build that was started again has its first steps in the histories of earlier executions.
  const earlier = [first, ...(plan?.resumedBy ?? [])].filter((one) => one !== last);
  const sent: SentCommand[] = [];
  for (const one of earlier) sent.push(...sentCommands(await historyOrNothing(artifacts, one)));
  sent.push(...sentCommands(history));
  const { outputs, packages } = await readCommandEnds(artifacts, identity, sent);
  return {
    manifest,
    plan,
    timings: wholeTimings(manifest.timings, timingsOf(history.map(stateEventOf))),
    execution: last,
    outputs,
    packages: packages ?? (await readDocument(artifacts, identity, 'packages')),
    before: await readBefore(artifacts, identity, plan),
    ancestors: await ancestorsOf(artifacts, plan),
    variants: await variantManifests(artifacts, identity),
    bucket: artifacts.bucket,
  };
}

/** The history also has the visits after the manifest was written. That of an execution which only added targets is another one. */
const wholeTimings = (written: Timing[], whole: Timing[]): Timing[] =>
  whole.some(({ state, startedAt }) => state === written[0]?.state && startedAt === written[0]?.startedAt)
    ? whole
    : written;

/** Step Functions forgets an execution 90 days after its end. A page without its history has the manifest's timings. */
async function historyOrNothing({ aws }: Artifacts, execution: string | undefined): Promise<ExecutionEvent[]> {
  if (execution === undefined) return [];
  try {
    return await historyReader(aws, execution)();
  } catch (error) {
    if (error instanceof Failure && error.name === 'AwsRefused') return [];
    throw error;
  }
}

async function readBefore(artifacts: Artifacts, { recipe }: BuildIdentity, now: Plan | undefined) {
  if (!now?.replaces) return undefined;
  const replaced = { recipe, build: now.replaces.build };
  const plan = await readDocument(artifacts, replaced, 'plan');
  return plan && { plan, packages: await readDocument(artifacts, replaced, 'packages') };
}

const mostAncestors = 6;

/** The builds of the channels that the image descends from. The name of an image ends with its build's id. */
async function ancestorsOf(artifacts: Artifacts, of: Plan | undefined): Promise<Ancestor[]> {
  const ancestors: Ancestor[] = [];
  let plan = of;
  while (plan?.document.source.channel && ancestors.length < mostAncestors) {
    const [recipe = ''] = plan.document.source.channel.split('/');
    const [build] = endsWithBuild.exec(plan.source.name) ?? [];
    plan = build === undefined ? undefined : await readDocument(artifacts, { recipe, build }, 'plan');
    if (plan) ancestors.push({ recipe, build: plan.build, ami: plan.source.ami });
  }
  return ancestors;
}

import { randomUUID } from 'node:crypto';
import { readDocument } from '../../aws/memory/documents.ts';
import { readExecution } from '../../aws/executions/build-executions.ts';
import { startExecution } from '../../aws/executions/machines.ts';
import { variantBuildsOf } from '../../aws/variants/wholes.ts';
import { imageName } from '../../core/build/identity.ts';
import type { Plan } from '../../core/build/plan.ts';
import { nearest } from '../../core/nearest.ts';
import type { BuildIdentity } from '../../core/tags.ts';
import { heldFor, retryProblems } from '../../core/retry/retry-build.ts';
import { canGoOn, isHeld, released, type Hold } from '../../core/undo/hold.ts';
import { commandLine } from '../screen/command-line.ts';
import { Refusal } from '../refused.ts';
import type { Terminal } from '../screen/terminal.ts';
import type { Surroundings } from '../surroundings.ts';
import { findBuild } from '../deployed/builds.ts';
import { findPipeline, openDeployment, type Pipeline, type PipelineOptions } from '../deployed/deployment.ts';
import { followBuild } from '../deployed/follow.ts';

type HeldBuild = BuildIdentity & { held: Hold };

/** The holds of a build, or of its variants, that are not over. */
export async function holdsOf(pipeline: Pipeline, whole: BuildIdentity, now: number): Promise<HeldBuild[]> {
  const each = await variantBuildsOf(pipeline, whole);
  const found = await Promise.all(
    each.map(async (one) => ({ ...one, held: await readDocument(pipeline, one, 'held') })),
  );
  return found.flatMap(({ held, ...one }) => (held && isHeld(held, new Date(now)) ? [{ ...one, held }] : []));
}

async function heldBuild(pipeline: Pipeline, wanted: string, now: number): Promise<HeldBuild> {
  const { recipe, build } = await findBuild(pipeline, wanted);
  const holds = await holdsOf(pipeline, { recipe, build }, now);
  const [only] = holds;
  if (holds.length > 1)
    throw new Refusal(`${wanted}: several variants are held: name ${holds.map(imageName).join(' or ')}`);
  if (only) return only;
  throw new Refusal(
    `${recipe}-${build} has no held instance: only a failed build whose recipe has onFailure: hold has one, and only for holdFor (${pipeline.aws.region})`,
  );
}

/** How to come to the desktop of a Windows candidate, whose password EC2 has encrypted with the key pair of the recipe. */
function remoteDesktop(
  { role, instance, region }: Hold,
  { source, document: { builder } }: Pick<Plan, 'source' | 'document'>,
): string[] {
  const { candidateKeyPair: keyPair } = builder;
  if (!source.windows || role !== 'candidate' || keyPair === undefined) return [];
  const at = `--region ${region}`;
  return [
    `For Remote Desktop, as Administrator at localhost:13389, with the private key of ${keyPair}:`,
    `aws ec2 get-password-data --instance-id ${instance} ${at} --priv-launch-key ${keyPair}.pem`,
    `aws ssm start-session --target ${instance} ${at} --document-name AWS-StartPortForwardingSession --parameters portNumber=3389,localPortNumber=13389`,
  ];
}

/** Opens a session on the held instance of a failed build, with the AWS CLI and its plugin for Session Manager. */
export async function openShell(
  wanted: string,
  options: PipelineOptions,
  terminal: Terminal,
  surroundings: Surroundings,
): Promise<number> {
  const pipeline = await findPipeline(options, surroundings);
  const { recipe, build, held } = await heldBuild(pipeline, wanted, surroundings.now());
  const { role, instance, region, until, groups } = held;
  const command = ['aws', 'ssm', 'start-session', '--target', instance, '--region', region];
  terminal.err(`  The ${role} ${instance} of ${build} in ${region} is held until ${until}.\n`);
  if (groups) {
    const had = [...new Set(Object.values(groups).flat())].join(', ');
    terminal.err(`  It is out of those of its security groups (${had}) that let something in, until a retry.\n`);
  }
  const plan = await readDocument(pipeline, { recipe, build }, 'plan');
  for (const line of plan ? remoteDesktop(held, plan) : []) terminal.err(`  ${line}\n`);
  terminal.err(`  ${command.join(' ')}\n`);
  const code = await surroundings.session(command);
  if (code !== undefined) return code;
  throw new Refusal(
    'aws is not on this machine: install the AWS CLI and its Session Manager plugin, or open the session in the console (EC2, Connect, Session Manager)',
  );
}

const pause = 10_000;

interface RetryOptions extends PipelineOptions {
  from?: string;
  recipe?: string;
  detach?: boolean;
}

/** The part of the input that brings a changed recipe: a file, or the name of the deployed recipe. The values are those of the plan. */
async function changedRecipe(pipeline: Pipeline, { recipe, build }: BuildIdentity, wanted: string): Promise<object> {
  const plan = await readDocument(pipeline, { recipe, build }, 'plan');
  const values = Object.entries(plan?.parameters ?? {}).map(([name, value]) => [name, String(value)] as const);
  const parameters = values.length > 0 ? Object.fromEntries(values) : undefined;
  const { wantedRecipe } = await import('../recipes/wanted-recipe.ts');
  const found = await wantedRecipe(wanted, { parameters, home: pipeline.aws.region });
  if (found.name !== recipe)
    throw new Refusal(`--recipe ${wanted}: is ${found.name}, and ${build} is a build of ${recipe}`);
  return { recipe: found.recipe, replan: true, ...(parameters && { parameters }) };
}

/** @throws Refusal before anything is started, if the held instance has not reached the step to go on from. */
async function assertReached(
  pipeline: Pipeline,
  { recipe, build, held }: BuildIdentity & { held: Hold },
  from: string,
  now: number,
): Promise<void> {
  const plan = await readDocument(pipeline, { recipe, build }, 'plan');
  const atStep = heldFor(await readDocument(pipeline, { recipe, build }, 'manifest'), new Date(now));
  const [problem] = retryProblems(plan, atStep, { from, replan: false }, true);
  if (!plan || !problem) return;
  const { role, instance, region, until } = held;
  const steps = role === 'builder' ? plan.provision : plan.checks;
  const meant = nearest(
    from,
    steps.map(({ name }) => name),
  );
  const again = commandLine(`retry ${recipe}-${build} --from ${meant ?? '<step>'}${pipeline.options}`);
  throw new Refusal(
    `--from ${problem.message}\nThe ${role} ${instance} in ${region} is held until ${until}; nothing was started. To go on: ${again}`,
  );
}

/** Goes on with a failed build on its held instance, and follows it. Its clean-up must have ended first. */
export async function retry(
  wanted: string,
  { from, recipe: file, detach = false, ...options }: RetryOptions,
  terminal: Terminal,
  surroundings: Surroundings,
): Promise<number> {
  const pipeline = await findPipeline(options, surroundings);
  const { recipe, build, held } = await heldBuild(pipeline, wanted, surroundings.now());
  const { variantOf } = (await readDocument(pipeline, { recipe, build }, 'plan')) ?? {};
  if (variantOf !== undefined)
    throw new Refusal(
      `${recipe}-${build}: the variants of ${variantOf} are published together, and those of this build no longer are; look with ${commandLine(`shell ${recipe}-${build}`)}, and start ${variantOf} anew`,
    );
  const changed = file === undefined ? {} : await changedRecipe(pipeline, { recipe, build }, file);
  await cleanUpEnded(pipeline, { recipe, build }, terminal, surroundings);
  if (!canGoOn(held, new Date(surroundings.now())))
    throw new Refusal(
      `${held.instance} in ${held.region} is held only until ${held.until}, too short to go on with ${recipe}-${build}; start ${recipe} anew, with a longer holdFor`,
    );
  if (from !== undefined) await assertReached(pipeline, { recipe, build, held }, from, surroundings.now());
  const input = { recipe, build, ...changed, ...(from !== undefined && { from }) };
  const name = `${recipe}-retry-${randomUUID().slice(0, 8)}`;
  const { arn } = await startExecution(pipeline.aws, pipeline.machine, name, input);
  const write = (text: string) => (options.json ? terminal.err(text) : terminal.out(text));
  write(`\n  ${recipe}-${build} goes on in ${pipeline.aws.region}\n  ${arn}\n`);
  if (!detach) return followBuild({ recipe, build, execution: arn }, pipeline, options, terminal, surroundings);
  write(`  To follow it: ${commandLine(`follow ${build}${pipeline.options}`)}\n\n`);
  if (options.json) terminal.out(`${JSON.stringify({ recipe, build, execution: arn }, null, 2)}\n`);
  return 0;
}

// An event starts the clean-up of a build that failed. A start of ours before that would be refused.
const untilCleanUp = 60_000;

/** Waits until the clean-up of a failed build has ended, or would have begun. */
async function cleanUpEnded(
  pipeline: Pipeline,
  identity: BuildIdentity,
  terminal: Terminal,
  { now, sleep, onInterrupt }: Surroundings,
): Promise<void> {
  const interrupt = new AbortController();
  const stopListening = onInterrupt(() => interrupt.abort());
  try {
    for (let told = false; ; told = true) {
      const owner = await readDocument(pipeline, identity, 'owner');
      const execution = owner && (await readExecution(pipeline.aws, owner.execution));
      const endedAt = execution?.status === 'RUNNING' ? undefined : (execution?.stoppedAt?.getTime() ?? 0);
      const isCleanedUp = owner?.cleansUpAfter !== undefined;
      if (endedAt !== undefined && (isCleanedUp || now() - endedAt > untilCleanUp)) return;
      if (!told) terminal.err(`  Waiting for the end of the clean-up of ${identity.recipe}-${identity.build} …\n`);
      await sleep(pause, interrupt.signal);
      if (interrupt.signal.aborted) throw new Refusal('left; nothing was started');
    }
  } finally {
    stopListening();
  }
}

/** Ends a hold now. The clean-up removes the instance and everything else that the build left, except for kept images. */
export async function release(
  pipeline: Pipeline,
  identity: BuildIdentity,
  { held: { execution }, stage }: { held: Hold; stage: string },
  terminal: Terminal,
  surroundings: Surroundings,
): Promise<void> {
  const { aws } = pipeline;
  await cleanUpEnded(pipeline, identity, terminal, surroundings);
  const failed = await readExecution(aws, execution);
  if (!failed) throw new Refusal(`${execution} is not in ${aws.region} any more; the sweep removes what is left of it`);
  const detail = { executionArn: execution, startDate: failed.startedAt.getTime(), status: released };
  await openDeployment({ region: aws.region, stage }, { aws, now: surroundings.now }).start('clean-up-build', {
    detail,
  });
}

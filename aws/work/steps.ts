import { commandComment, type Command } from '../../core/guest/command.ts';
import { Failure, isTransient, type FailureName } from '../../core/errors.ts';
import { awaitedCommand, type Awaited } from '../../core/build/awaited.ts';
import type { Plan } from '../../core/build/plan.ts';
import type { BuildIdentity } from '../../core/tags.ts';
import { commandOutput } from '../../core/memory/documents.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { refuseDead } from './builders.ts';
import { outputTail, whereAllIs } from './command-output.ts';
import { readInvocation, sendCommand, type Invocation, type ListedCommand } from '../instances/commands.ts';
import type { Connection } from '../connection.ts';
import { describeInstance, type InstanceDescription } from '../instances/instances.ts';

export type CommandPhase = 'provision' | 'check';

interface SentCommand extends Awaited {
  command: string;
  name: string;
  /** Whether it shuts its instance down. */
  shutsDown: boolean;
}

// After an instance has ended, SSM shows its command as running for as long as the command might take.
async function refuseDeadInstance(aws: Connection, instance: string): Promise<InstanceDescription | undefined> {
  const found = await describeInstance(aws, instance);
  if (found) refuseDead(aws, found);
  return found;
}

const isDown = ({ state }: InstanceDescription): boolean => state === 'stopping' || state === 'stopped';

// SSM gives this status to a command that its agent never got, so the instance has not begun it.
// https://docs.aws.amazon.com/systems-manager/latest/userguide/monitor-commands.html
const neverBegan = ({ details }: Invocation): boolean => /^(Rate ?Exceeded|Undeliverable)\b/.test(details);
const mostSent = 2;

/** An instance, and the commands that were sent to it. */
interface Instance {
  instance: string;
  sent: ListedCommand[];
}

/**
 * The command of a step that was sent before and may have begun.
 * @throws the named failure if SSM could not deliver any of several.
 */
async function findBegun(
  aws: Connection,
  { instance, sent: all }: Instance,
  comment: string,
  failure: FailureName,
): Promise<string | undefined> {
  const sent = all.filter((one) => one.comment === comment).map(({ command }) => command);
  for (const command of sent) {
    const invocation = await readInvocation(aws, command, instance);
    if (!invocation || !neverBegan(invocation)) return command;
  }
  if (sent.length < mostSent) return undefined;
  throw new Failure(
    failure,
    `SSM delivered none of the commands ${sent.join(', ')} ("${comment}") to ${instance} in ${aws.region}: is its agent online?`,
  );
}

/**
 * Sends one command of the plan, or finds it sent before, so that a repeated call never runs a step twice. A command that never
 * reached the instance is sent once more. @throws BuilderFailed if the instance has ended.
 */
export async function findOrSend(
  artifacts: Artifacts,
  plan: Plan,
  phase: CommandPhase,
  index: number,
  to: Instance,
  now: Date,
): Promise<SentCommand> {
  const command = (phase === 'provision' ? plan.provision : plan.checks)[index] as Command;
  const comment = commandComment(plan.build, phase, command);
  const output = { bucket: artifacts.bucket, prefix: commandOutput.key(plan) };
  const failure = phase === 'provision' ? 'ProvisionFailed' : 'CheckFailed';
  const known = await findBegun(artifacts.aws, to, comment, failure);
  const sent = known ?? (await sendTo(artifacts.aws, to.instance, command, comment, output));
  const { name, shutsDown = false } = command;
  return { command: sent, name, shutsDown, ...awaitedCommand(plan, phase, command, now, known ? 'before' : 'now') };
}

// SSM takes no command for an instance that has ended.
const sendTo = (...sending: Parameters<typeof sendCommand>): Promise<string> =>
  sendCommand(...sending).catch(async (error: unknown) => {
    if (isTransient(error)) await refuseDeadInstance(sending[0], sending[1]);
    throw error;
  });

/**
 * Whether a command ended well, or its progress in words. A command that shuts its instance down is done when the instance is
 * stopped. EC2 is asked whether the instance lives only in the `last` look of a call.
 * @throws the named failure with exit code and the end of the output if the command failed.
 */
export async function lookAtCommand(
  artifacts: Artifacts,
  build: BuildIdentity,
  { command, name, shutsDown }: Omit<SentCommand, keyof Awaited>,
  instance: string,
  failure: Extract<FailureName, 'ProvisionFailed' | 'CheckFailed'>,
  last = true,
): Promise<{ done: { command: string } } | { waiting: string }> {
  const { region } = artifacts.aws;
  const invocation = await readInvocation(artifacts.aws, command, instance);
  const what = `"${name}" (command ${command}) on ${instance} in ${region}`;
  if (!invocation) return { waiting: `${what} is not known to SSM yet` };
  if (invocation.status === 'Success') return { done: { command } };
  const underWay = /^(Pending|InProgress|Delayed|Cancelling)$/.test(invocation.status);
  if (underWay && !last && !shutsDown) return { waiting: `${what} is ${invocation.details}` };
  const found = await refuseDeadInstance(artifacts.aws, instance);
  if (found && isDown(found)) {
    if (shutsDown) return { done: { command } };
    throw new Failure(
      failure,
      `${what} was under way when the instance was stopped (${found.reason ?? 'EC2 gives no reason'}): it cannot end; start the build again`,
    );
  }
  if (underWay) return { waiting: `${what} is ${invocation.details}` };
  if (neverBegan(invocation))
    throw new Failure('CommandNotStarted', `${what} is ${invocation.details}: it never reached the instance`);
  const gaveUp = /^Execution ?Timed ?Out/.test(invocation.details)
    ? '; SSM stopped it when the time its document allows was over'
    : '';
  const exit = (invocation.exitCode ?? -1) >= 0 ? `, exit code ${invocation.exitCode}` : '';
  const said = await outputTail(artifacts, invocation);
  const all = await whereAllIs(artifacts, invocation, commandOutput.key(build, command));
  throw new Failure(
    failure,
    `${what}: ${invocation.details || invocation.status}${exit}${gaveUp}\n${said}\n--- ${all}`,
  );
}

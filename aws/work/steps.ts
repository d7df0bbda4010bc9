import { afterAttempt, attemptAt, onlyAttempt, type Attempt } from '../../core/guest/steps/attempts.ts';
import { commandComment, type Command } from '../../core/guest/command.ts';
import { judgeBySsm, judgeCommand, type CommandFailure, type LookedAt } from '../../core/guest/command-look.ts';
import { neverBegan } from '../../core/guest/steps/command-state.ts';
import { refuseDead } from '../../core/launch/instance-state.ts';
import { Failure, isTransient, type FailureName } from '../../core/errors.ts';
import { awaitedCommand, type Awaited } from '../../core/build/awaited.ts';
import type { Plan } from '../../core/build/plan.ts';
import type { BuildIdentity } from '../../core/tags.ts';
import { assets, commandOutput } from '../../core/memory/documents.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { sourceInfo, undownloaded } from '../../core/guest/remote/remote-command.ts';
import { outputTail, whereAllIs } from './command-output.ts';
import { forgetFailedStep, recordFailedStep } from './failed-steps.ts';
import { readInvocation, sendCommand, type Invocation, type ListedCommand } from '../instances/commands.ts';
import type { Connection } from '../connection.ts';
import { describeInstance } from '../instances/instances.ts';

export type CommandPhase = 'provision' | 'check';

interface SentCommand extends Awaited {
  command: string;
  name: string;
  /** Whether it shuts its instance down. */
  shutsDown: boolean;
  attempt: Attempt;
}

const mostSent = 2;

/** An instance, and the commands that were sent to it. */
interface Instance {
  instance: string;
  sent: ListedCommand[];
}

/** A command that was sent before, with its state as far as SSM knows it. */
interface Begun {
  command: string;
  invocation: Invocation | undefined;
}

/**
 * The command of an attempt that was sent before and may have begun.
 * @throws the named failure if SSM could not deliver any of several.
 */
async function findBegun(
  aws: Connection,
  { instance, sent: all }: Instance,
  comment: string,
  failure: FailureName,
): Promise<Begun | undefined> {
  const sent = all.filter((one) => one.comment === comment).map(({ command }) => command);
  for (const command of sent) {
    const invocation = await readInvocation(aws, command, instance);
    if (!invocation || !neverBegan(invocation)) return { command, invocation };
  }
  if (sent.length < mostSent) return undefined;
  throw new Failure(
    failure,
    `SSM delivered none of the commands ${sent.join(', ')} ("${comment}") to ${instance} in ${aws.region}: is its agent online?`,
  );
}

/**
 * Sends one command of the plan, or finds it sent before, so that a repeated call never runs a step twice. A command that never
 * reached the instance is sent once more. After an attempt that failed, the next one is sent; after the last one, the failure of
 * a step with `onFailure: continue` is recorded. @throws BuilderFailed if the instance has ended.
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
  const failure = phase === 'provision' ? 'ProvisionFailed' : 'CheckFailed';
  const { name, shutsDown = false } = command;
  for (let number = 1; ; number++) {
    const comment = commandComment(plan.build, phase, command, number);
    const begun = await findBegun(artifacts.aws, to, comment, failure);
    const next = begun && afterAttempt(command, number, begun.invocation);
    if (next === 'next') continue;
    if (begun && next === 'record') await recordFailedStep(artifacts, plan, command, begun);
    if (!begun && number === 1 && command.goesOn) await forgetFailedStep(artifacts, plan, command);
    const output = { bucket: artifacts.bucket, prefix: commandOutput.key(plan) };
    const sent =
      begun?.command ?? (await sendTo(artifacts.aws, to.instance, withObject(command, artifacts), comment, output));
    const attempt = attemptAt(command, number, next === 'record');
    return {
      command: sent,
      name,
      shutsDown,
      attempt,
      ...awaitedCommand(plan, phase, command, now, begun ? 'before' : 'now'),
    };
  }
}

/** The command with the place of the object that its instance downloads. */
const withObject = ({ object, ...command }: Command, { bucket, aws }: Artifacts): Command =>
  object === undefined
    ? command
    : {
        ...command,
        parameters: {
          ...command.parameters,
          sourceInfo: sourceInfo({ bucket, key: assets.key(object), region: aws.region }),
        },
      };

// SSM takes no command for an instance that has ended.
const sendTo = (...sending: Parameters<typeof sendCommand>): Promise<string> =>
  sendCommand(...sending).catch(async (error: unknown) => {
    const ended = isTransient(error) ? await describeInstance(sending[0], sending[1]) : undefined;
    if (ended) refuseDead(sending[0].region, ended);
    throw error;
  });

/**
 * Whether a command ended well, or its progress in words. EC2 is asked whether the instance lives only in the `last` look of a
 * call. @throws the named failure with exit code and the end of the output if the command failed, StepFailed if that does not end
 * the build, and what judgeCommand throws.
 */
export async function lookAtCommand(
  artifacts: Artifacts,
  build: BuildIdentity,
  looked: LookedAt,
  failure: CommandFailure,
  last = true,
): Promise<{ done: { command: string; failed?: true } } | { waiting: string }> {
  const { command, instance, attempt = onlyAttempt } = looked;
  const invocation = await readInvocation(artifacts.aws, command, instance);
  const early = judgeBySsm(looked, invocation, last);
  if (early) return early;
  const seen = invocation as Invocation;
  const verdict = judgeCommand(looked, seen, await describeInstance(artifacts.aws, instance), failure);
  if (!('failed' in verdict)) return verdict;
  if (attempt.ifItFails === 'pass') return { done: { command, failed: true } };
  const lost = /downloadContent/.test(verdict.failed)
    ? `\n${undownloaded(`s3://${artifacts.bucket}/${assets.key('')}`)}`
    : '';
  const said = `${await outputTail(artifacts, seen)}${lost}`;
  const all = await whereAllIs(artifacts, seen, commandOutput.key(build, command));
  throw new Failure(attempt.ifItFails === 'retry' ? 'StepFailed' : failure, `${verdict.failed}\n${said}\n--- ${all}`);
}

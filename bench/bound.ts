import type { DelayName, DrawnDelay } from '../simulator/aws/delays.ts';

const of = (drawn: readonly DrawnDelay[], kind: RegExp): number[] =>
  drawn.filter((delay) => kind.test(delay.kind)).map(({ seconds }) => seconds);
const sum = (seconds: number[]): number => seconds.reduce((total, one) => total + one, 0);
const most = (seconds: number[]): number => Math.max(0, ...seconds);

/**
 * Until SSM reaches an instance, and the commands that run on it one after the other. `commandStart` is the agent's pick-up.
 * After a reboot, the agent takes `commandResume` to go on with the command.
 */
const booting = /^(instanceRunning|osBoot\w+|agentOnline)$/;
const commands = /^(command(Start|Patch|Install|Other|Resume)|reboot)$/;

/**
 * The least seconds in which a build can be published: the longest path through the state machine, counting the delays of AWS's
 * resources alone. API calls, Lambda and the pipeline's own waiting cost nothing here. The candidate boots and is checked while
 * the copies are made, so only the longer of the two counts. Nothing waits for terminated instances.
 * @param drawn The delays of one build, in order.
 */
export function overlappedBound(drawn: readonly DrawnDelay[]): number {
  const made = drawn.findIndex(({ kind }) => kind === ('createImage' satisfies DelayName));
  const [before, after] = [drawn.slice(0, made), drawn.slice(made)];
  const working = (delays: readonly DrawnDelay[]) => sum(of(delays, booting)) + sum(of(delays, commands));
  const image = most(of(after, /^createImage$/));
  const checkedAndCopied = Math.max(working(after), most(of(after, /^copyImage$/)));
  return (
    working(before) +
    most(of(before, /^instanceStop$/)) +
    image +
    checkedAndCopied +
    most(of(after, /^parameterValidation$/))
  );
}

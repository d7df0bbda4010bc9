import type { Timer } from '../clock.ts';
import type { Instance } from '../ec2/instances.ts';
import { putObject } from '../s3.ts';
import type { World } from '../world.ts';
import type { Agent } from './agents.ts';
import { outcomeOf, type Outcome } from './documents.ts';
import type { Command, Invocation } from './commands.ts';

/** Delivers a command to one instance and lives through it there: one command of an instance at a time, in the order they came. */
export function runOn(world: World, command: Command, instance: Instance, agent: Agent): Invocation {
  const at = { resource: command.id, region: instance.region };
  const invocation: Invocation = {
    command,
    instance,
    status: 'Pending',
    details: 'Pending',
    visibleAt: world.clock.now() + world.delays.draw('commandVisible', at) * 1000,
    responseCode: -1,
    stdout: '',
    stderr: '',
    finished: () => undefined,
  };
  const queue = queueOf(agent);
  const timers = new Set<Timer>();
  const later = (seconds: number, work: () => void) => {
    const timer = world.after(seconds, () => {
      timers.delete(timer);
      work();
    });
    timers.add(timer);
  };
  let finishedAlready = false;
  const finish = (status: Invocation['status'], details: string = status, result: Partial<Outcome> = {}) => {
    if (finishedAlready) return;
    finishedAlready = true;
    for (const timer of timers) timer.cancel();
    agent.listeners.delete(agentChanged);
    Object.assign(invocation, { status, details, responseCode: result.exitCode ?? -1, endedAt: world.clock.now() });
    invocation.stdout = result.stdout ?? '';
    invocation.stderr = result.stderr ?? '';
    writeOutput(world, invocation);
    queue.done(start);
  };
  invocation.finished = finish;

  let whenBack: (() => void) | undefined;
  /** A command that was running when the agent was lost stays InProgress; only a reboot it asked for itself brings it back. */
  const agentChanged = () => {
    if (!agent.online) {
      if (whenBack === undefined) stopRunning();
    } else whenBack?.();
  };
  const running = new Set<Timer>();
  const stopRunning = () => {
    for (const timer of running) timer.cancel();
    running.clear();
  };
  const whileRunning = (seconds: number, work: () => void) => {
    later(seconds, work);
    running.add([...timers].at(-1)!);
  };

  const start = () => {
    invocation.status = invocation.details = 'InProgress';
    invocation.startedAt = world.clock.now();
    const { document, parameters } = command;
    if (!document.platforms.includes(instance.system === 'Windows' ? 'Windows' : 'Linux')) {
      return finish('Failed', 'InvalidPlatform');
    }
    const outcome = outcomeOf(document, parameters.commands ?? [], command.step, command.rule);
    const factor = instance.system === 'Windows' ? 2 : 1;
    const seconds = outcome.seconds ?? world.delays.draw(outcome.kind, { ...at, factor });
    if (outcome.status === 'Cancelled') return whileRunning(seconds, () => finish('Cancelled'));
    const timeout = command.executionTimeout;
    if (outcome.status === 'TimedOut' || seconds > timeout) {
      return whileRunning(outcome.seconds === undefined ? timeout : Math.min(seconds, timeout), () =>
        finish('TimedOut', 'Execution Timed Out', outcome),
      );
    }
    const succeed = () => finish(outcome.exitCode === 0 ? 'Success' : 'Failed', undefined, outcome);
    if (!outcome.reboots) return whileRunning(seconds, succeed);
    whileRunning(seconds, () => {
      whenBack = () => whileRunning(2, succeed);
      agent.reboot();
    });
  };

  agent.listeners.add(agentChanged);
  later(command.timeoutSeconds, () => {
    if (invocation.status === 'Pending') finish('TimedOut', 'Delivery Timed Out');
  });
  // The end of everything, whatever became of the agent.
  later(command.timeoutSeconds + command.executionTimeout, () => finish('TimedOut', 'Delivery Timed Out'));
  if (command.rule?.status === 'Undeliverable') later(2, () => finish('Failed', 'Undeliverable'));
  else later(world.delays.draw('commandStart', at), () => queue.add(start));
  return invocation;
}

interface Queue {
  add(start: () => void): void;
  done(start: () => void): void;
}
const queues = new WeakMap<Agent, Queue>();

function queueOf(agent: Agent): Queue {
  const known = queues.get(agent);
  if (known) return known;
  const waiting: (() => void)[] = [];
  let busy: (() => void) | undefined;
  const next = () => {
    if (!agent.online || busy) return;
    busy = waiting.shift();
    busy?.();
  };
  const queue = {
    add(start: () => void) {
      waiting.push(start);
      next();
    },
    done(start: () => void) {
      const at = waiting.indexOf(start);
      if (at >= 0) waiting.splice(at, 1);
      if (busy !== start) return;
      busy = undefined;
      next();
    },
  };
  agent.listeners.add(next);
  queues.set(agent, queue);
  return queue;
}

/** The full output, as the agent uploads it: nothing for what is empty. */
function writeOutput(world: World, invocation: Invocation): void {
  const { command, stdout, stderr } = invocation;
  const bucket = world.buckets.get(command.outputBucket ?? '');
  if (!bucket) return;
  if (stdout) putObject(world, bucket, `${outputPath(invocation)}/stdout`, stdout, { type: 'text/plain' });
  if (stderr) putObject(world, bucket, `${outputPath(invocation)}/stderr`, stderr, { type: 'text/plain' });
}

export function outputPath({ command, instance }: Invocation): string {
  const plugin = command.document.output[instance.system === 'Windows' ? 'Windows' : 'Linux'];
  return [...(command.outputPrefix ? [command.outputPrefix] : []), command.id, instance.id, plugin].join('/');
}

import type { Timer } from '../../clock.ts';
import { powerOff } from '../ec2/instances/guest.ts';
import { commandStatusChange, invocationStatusChange } from '../events/events.ts';
import { putObject } from '../s3.ts';
import { statusOf, outputPath } from './describe-command.ts';
import { outcomeOf, type Outcome } from './documents.ts';
import type { Instance } from '../state/instances.ts';
import type { World } from '../state/world.ts';
import type { Agent } from '../state/agents.ts';
import type { Command, Invocation } from '../state/commands.ts';

/** Delivers a command to one instance and runs it there. An instance runs one command at a time, in order of arrival. */
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
  const running = new Set<Timer>();
  const whileRunning = (seconds: number, work: () => void) => void running.add(world.after(seconds, work));
  let over = false;
  const finish = (status: Invocation['status'], details: string = status, result: Partial<Outcome> = {}) => {
    if (over) return;
    over = true;
    for (const timer of [...timers, ...running]) timer.cancel();
    agent.listeners.delete(agentChanged);
    const { exitCode = -1, stdout = '', stderr = '' } = result;
    Object.assign(invocation, { status, details, responseCode: exitCode, stdout, stderr, endedAt: world.clock.now() });
    writeOutput(world, invocation);
    tell(world, invocation);
    queue.done(start);
  };
  invocation.finished = finish;

  let afterReboot: (() => void) | undefined;
  let lost = false;
  /** A command that is running when its agent is lost stays InProgress, unless it requested the reboot itself. */
  const agentChanged = () => {
    if (!agent.online && invocation.startedAt !== undefined && !afterReboot) {
      lost = true;
      for (const timer of running) timer.cancel();
    }
    if (!agent.online) return;
    if (lost) queue.done(start);
    else afterReboot?.();
  };

  const start = () => {
    invocation.status = invocation.details = 'InProgress';
    invocation.startedAt = world.clock.now();
    tell(world, invocation);
    const { document, script, executionTimeout: timeout } = command;
    const windows = instance.system === 'Windows';
    if (!document.platforms.includes(windows ? 'Windows' : 'Linux')) return finish('Failed', 'InvalidPlatform');
    const outcome = outcomeOf(document, script, command.step, command.rule);
    const seconds = outcome.seconds ?? world.delays.draw(outcome.kind, { ...at, factor: windows ? 2 : 1 });
    if (outcome.status === 'Cancelled') return whileRunning(seconds, () => finish('Cancelled'));
    if (outcome.status === 'TimedOut' || seconds > timeout) {
      const end = outcome.seconds === undefined ? timeout : Math.min(outcome.seconds, timeout);
      return whileRunning(end, () => finish('TimedOut', 'Execution Timed Out', { ...outcome, exitCode: -1 }));
    }
    const end = () => finish(outcome.exitCode === 0 ? 'Success' : 'Failed', undefined, outcome);
    if (outcome.powersOff) return whileRunning(seconds, () => powerOff(world, instance));
    if (!outcome.reboots) return whileRunning(seconds, end);
    return whileRunning(seconds, () => {
      afterReboot = () => whileRunning(2, end);
      agent.reboot();
    });
  };

  agent.listeners.add(agentChanged);
  const later = (seconds: number, work: () => void) => void timers.add(world.after(seconds, work));
  later(command.timeoutSeconds, () => {
    if (invocation.status === 'Pending') finish('TimedOut', 'Delivery Timed Out');
  });
  // The final time limit, even if the agent is lost.
  later(command.timeoutSeconds + command.executionTimeout, () => finish('TimedOut', 'Delivery Timed Out'));
  if (command.rule?.status === 'Undeliverable') later(2, () => finish('Failed', 'Undeliverable'));
  else later(world.delays.draw('commandStart', at), () => queue.add(start));
  return invocation;
}

/** Sends the invocation's event, and the command's event if the command's own status has changed. */
export function tell(world: World, invocation: Invocation): void {
  const { command } = invocation;
  world.emit(invocationStatusChange(invocation));
  const status = statusOf(command);
  if (status === command.toldStatus) return;
  command.toldStatus = status;
  world.emit(commandStatusChange(command));
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

/**
 * Writes the full output as the agent uploads it; empty output is not uploaded. A refused upload appears only in the agent's own
 * log, and SSM still returns the URLs: github.com/aws/amazon-ssm-agent,
 * agent/framework/processor/executer/iohandler/iomodule/fileS3.go.
 */
function writeOutput(world: World, invocation: Invocation): void {
  if (world.scenario.commandOutput === 'refused') return;
  const { command, stdout, stderr } = invocation;
  const bucket = world.buckets.get(command.outputBucket ?? '');
  if (!bucket) return;
  if (stdout) putObject(world, bucket, `${outputPath(invocation)}/stdout`, stdout, { type: 'text/plain' });
  if (stderr) putObject(world, bucket, `${outputPath(invocation)}/stderr`, stderr, { type: 'text/plain' });
}

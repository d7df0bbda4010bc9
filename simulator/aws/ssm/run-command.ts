import type { Timer } from '../../clock.ts';
import { findDisks } from '../ec2/instances/guest-disks.ts';
import { powerOff, setTimers } from '../ec2/instances/guest.ts';
import { masked, readSecrets } from './guest-secrets.ts';
import { commandStatusChange, invocationStatusChange } from '../events/events.ts';
import { storeObject } from '../s3.ts';
import { commandStatus, outputPath } from './describe-command.ts';
import { outcomeOf, type CommandOutcome } from './documents.ts';
import { runRemotely } from './remote-script.ts';
import { install, printedInventory } from './software.ts';
import type { Instance } from '../state/instances.ts';
import type { World } from '../state/world.ts';
import type { Agent } from '../state/agents.ts';
import type { SsmCommand, CommandInvocation } from '../state/commands.ts';

/** Delivers a command to one instance and runs it there. An instance runs one command at a time, in order of arrival. */
export function runOn(world: World, command: SsmCommand, instance: Instance, agent: Agent): CommandInvocation {
  const at = { resource: command.id, region: instance.region };
  const invocation: CommandInvocation = {
    command,
    instance,
    status: 'Pending',
    details: 'Pending',
    visibleAt: world.clock.now() + world.delays.draw('commandVisible', at) * 1000,
    responseCode: -1,
    stdout: '',
    stderr: '',
    finished: (status, details) => run.finish(status, details),
  };
  const run = new CommandRun(world, invocation, agent);
  run.deliver();
  return invocation;
}

/** A step whose disks are not there, or whose secrets cannot be read, does not begin. */
const refusedStep = { kind: 'commandOther', exitCode: 1, stdout: '', reboots: false } as const;

/** The run of a command on one instance, from its delivery to its end. */
class CommandRun {
  readonly #world: World;
  readonly #invocation: CommandInvocation;
  readonly #agent: Agent;
  readonly #queue: Queue;
  /** Time limits, which hold even if the agent is lost. */
  readonly #limits = new Set<Timer>();
  /** Timers of the running script. They stop when the agent is lost. */
  readonly #running = new Set<Timer>();
  #over = false;
  /** The agent was lost during the run, and the command had not requested that. */
  #lost = false;
  /** What the script does after the reboot that it requested. */
  #afterReboot: (() => void) | undefined;

  constructor(world: World, invocation: CommandInvocation, agent: Agent) {
    this.#world = world;
    this.#invocation = invocation;
    this.#agent = agent;
    this.#queue = queueOf(agent);
  }

  deliver(): void {
    const { command, instance } = this.#invocation;
    this.#agent.listeners.add(this.#agentChanged);
    this.#later(command.timeoutSeconds, () => {
      if (this.#invocation.status === 'Pending') this.finish('TimedOut', 'Delivery Timed Out');
    });
    // The final time limit, even if the agent is lost.
    this.#later(command.timeoutSeconds + command.executionTimeout, () => this.finish('TimedOut', 'Delivery Timed Out'));
    if (command.rule?.status === 'Undeliverable') this.#later(2, () => this.finish('Failed', 'Undeliverable'));
    else {
      const seconds = this.#world.delays.draw('commandStart', { resource: command.id, region: instance.region });
      this.#later(seconds, () => this.#queue.add(this.#start));
    }
  }

  finish(status: CommandInvocation['status'], details: string = status, result: Partial<CommandOutcome> = {}): void {
    if (this.#over) return;
    this.#over = true;
    for (const timer of [...this.#limits, ...this.#running]) timer.cancel();
    this.#agent.listeners.delete(this.#agentChanged);
    const { exitCode = -1, stdout = '', stderr = '' } = result;
    const endedAt = this.#world.clock.now();
    Object.assign(this.#invocation, { status, details, responseCode: exitCode, stdout, stderr, endedAt });
    writeOutput(this.#world, this.#invocation);
    tell(this.#world, this.#invocation);
    this.#queue.done(this.#start);
  }

  #later(seconds: number, work: () => void): void {
    this.#limits.add(this.#world.after(seconds, work));
  }

  #whileRunning(seconds: number, work: () => void): void {
    this.#running.add(this.#world.after(seconds, work));
  }

  /** A command that is running when its agent is lost stays InProgress, unless it requested the reboot itself. */
  readonly #agentChanged = (): void => {
    if (!this.#agent.online && this.#invocation.startedAt !== undefined && !this.#afterReboot) {
      this.#lost = true;
      for (const timer of this.#running) timer.cancel();
    }
    if (!this.#agent.online) return;
    if (this.#lost) this.#queue.done(this.#start);
    else this.#afterReboot?.();
  };

  readonly #start = (): void => {
    const { command, instance } = this.#invocation;
    this.#invocation.status = this.#invocation.details = 'InProgress';
    this.#invocation.startedAt = this.#world.clock.now();
    tell(this.#world, this.#invocation);
    const { document, script } = command;
    const platform = instance.system === 'Windows' ? 'Windows' : 'Linux';
    if (!document.platforms.includes(platform)) return this.finish('Failed', 'InvalidPlatform');
    const at = { resource: command.id, region: instance.region, factor: platform === 'Windows' ? 2 : 1 };
    const isRemote = command.documentName === 'AWS-RunRemoteScript';
    const { archive, failure, text = script } = isRemote ? runRemotely(this.#world, command) : {};
    const inventory = printedInventory(this.#world, instance, text);
    const disks = findDisks(this.#world, instance, command.disks);
    if (disks.refused !== undefined) return this.#runFor(1, { ...refusedStep, stderr: disks.refused });
    const read = readSecrets(this.#world, instance, command.secrets);
    if (read.refused !== undefined) return this.#runFor(1, { ...refusedStep, stderr: read.refused });
    const environment = { ...command.environment, ...disks.values, ...read.values };
    const outcome = outcomeOf(document, { text, environment, inventory }, command.step, command.rule);
    outcome.stdout = masked(outcome.stdout, read.values);
    outcome.stderr = masked(outcome.stderr, read.values);
    if (outcome.exitCode === 0 && !failure) install(this.#world, instance, { ...command, script: text });
    const seconds = outcome.seconds ?? this.#world.delays.draw(outcome.kind, at);
    if (failure) {
      if (failure.step) this.#invocation.failedStep = failure.step;
      return this.#runFor(seconds, { ...outcome, exitCode: 1, stdout: '', stderr: failure.stderr });
    }
    if (archive && outcome.exitCode === 0) instance.unpacked.push(archive);
    this.#runFor(seconds, outcome);
  };

  #runFor(seconds: number, outcome: CommandOutcome): void {
    const { command, instance } = this.#invocation;
    const resumed = () => this.#world.delays.draw('commandResume', { resource: command.id, region: instance.region });
    const timeout = command.executionTimeout;
    if (outcome.status === 'Cancelled') return this.#whileRunning(seconds, () => this.finish('Cancelled'));
    if (outcome.status === 'TimedOut' || seconds > timeout) {
      const end = outcome.seconds === undefined ? timeout : Math.min(outcome.seconds, timeout);
      const result = { ...outcome, exitCode: -1 };
      return this.#whileRunning(end, () => this.finish('TimedOut', 'Execution Timed Out', result));
    }
    const end = () => {
      if (outcome.exitCode === 0) setTimers(this.#world, instance, command.script);
      this.finish(outcome.exitCode === 0 ? 'Success' : 'Failed', undefined, outcome);
    };
    if (outcome.powersOff) return this.#whileRunning(seconds, () => powerOff(this.#world, instance));
    if (!outcome.reboots) return this.#whileRunning(seconds, end);
    return this.#whileRunning(seconds, () => {
      this.#afterReboot = () => this.#whileRunning(resumed(), end);
      this.#agent.reboot();
    });
  }
}

/** Sends the invocation's event, and the command's event if the command's own status has changed. */
export function tell(world: World, invocation: CommandInvocation): void {
  const { command } = invocation;
  world.emit(invocationStatusChange(invocation));
  const status = commandStatus(command);
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
function writeOutput(world: World, invocation: CommandInvocation): void {
  if (world.scenario.commandOutput === 'refused') return;
  const { command, stdout, stderr } = invocation;
  const bucket = world.buckets.get(command.outputBucket ?? '');
  if (!bucket) return;
  if (stdout) storeObject(world, bucket, `${outputPath(invocation)}/stdout`, stdout, { type: 'text/plain' });
  if (stderr) storeObject(world, bucket, `${outputPath(invocation)}/stderr`, stderr, { type: 'text/plain' });
}

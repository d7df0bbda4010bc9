import {
  keyOf,
  parseDocument,
  type DocumentContent,
  type DocumentName,
  type DocumentSubject,
} from '../../core/memory/documents.ts';
import { schedulesOf } from '../../core/start/recipe-schedule.ts';
import {
  buildResources,
  notifyResources,
  pageResources,
  triggerResources,
} from '../../infrastructure/triggers/triggers.ts';
import type { Action } from '../aws/calls/actions.ts';
import { createCloud, type SimulatedCloud } from '../aws/cloud.ts';
import { executionStatusChange } from '../aws/events/events.ts';
import { snsActions, type Mail } from '../aws/events/sns.ts';
import { createClock, type Clock } from '../clock.ts';
import type { Random } from '../random.ts';
import { createStepFunctions, type Execution, type StepFunctions } from '../states/step-functions.ts';
import { accountFor, addSecrets } from './account-for.ts';
import { deployedNames, service } from './deployed-names.ts';
import { deploy, type Message } from './deployment.ts';
import { connectTo, functionContext } from './function-context.ts';
import { createFunctions, type CallFunction } from './functions.ts';
import { eventFunctions } from './handlers.ts';
import { endAtEntry } from './interfered-functions.ts';
import { createMachines, startMachine, type Machines } from './machines.ts';
import { addRegionStacks } from './region-stacks.ts';
import { simulatedSettings } from './simulated-settings.ts';
import type { SimulationOptions } from './simulation-options.ts';
import type { StartOutcome } from './start-outcome.ts';

export interface Simulation {
  clock: Clock;
  cloud: SimulatedCloud;
  stepFunctions: StepFunctions;
  stateMachineArn: string;
  bucket: string;
  /** Starts an execution of build-image with this input, like the console. Returns its ARN. */
  start(input: unknown, name?: string): string;
  /** Starts an execution of sweep, as EventBridge Scheduler does once a day. Returns its ARN. */
  sweep(input?: { dryRun?: boolean; cap?: number }, name?: string): string;
  /** Starts an execution of move-channel with this input, like the console. Returns its ARN. */
  move(input: unknown, name?: string): string;
  /** Starts an execution of share-image with this input, like the console. Returns its ARN. */
  share(input: unknown, name?: string): string;
  archive(input: unknown, name?: string): string;
  /** Starts an execution of retire-images with this input, as its schedule does once a day. Returns its ARN. */
  retire(input?: unknown, name?: string): string;
  /** Starts an execution of plan-build with this input, like the console. Returns its ARN. */
  plan(input: unknown, name?: string): string;
  /** Redrives an execution that did not succeed, like the console. */
  redrive(executionArn: string): void;
  /** Runs virtual time until the execution has ended. */
  finish(executionArn: string): Promise<Execution>;
  /** Lets a number of virtual seconds pass. */
  pass(seconds: number): Promise<void>;
  /** Publishes a newer image of the family of a public parameter, in the pipeline's region. Returns its AMI id. */
  sourceUpdated(parameter: string): string;
  /** Executions of build-image, in order of their starts. */
  executions(): Execution[];
  /** The requested starts and their outcomes, in order. */
  readonly starts: StartOutcome[];
  /** Messages in a queue, by its logical id: `TriggerFailures`, `DeadBuilds`. */
  queue(id: string): readonly Message[];
  /** Notifications sent, in order. */
  readonly mails: readonly Mail[];
  /** An object of the artifact bucket as text; undefined if it does not exist. */
  artifact(key: string): string | undefined;
  /** A document of the artifact bucket; undefined if there is none. */
  read<Name extends DocumentName>(about: DocumentSubject<Name>, name: Name): DocumentContent<Name> | undefined;
}

/** The pipeline on a simulated AWS, with the deployed state machine, the bundled handlers and real SDK clients. */
export function createSimulation(options: SimulationOptions): Simulation {
  const { region = 'us-east-1', account = '222233334444', interfere = {} } = options;
  const place = { region, account };
  const names = deployedNames(region, account);
  const cloud = cloudFor(options, place);
  const { clock } = cloud;
  cloud.createBucket(names.bucket, region);
  cloud.createBucket(names.archives, region);
  addSecrets(cloud, options.catalog, region);
  const { actions: sns, mails } = snsActions(clock, options.notify ? [names.topic] : []);
  cloud.addService('sns', sns);

  const chance = cloud.random('simulation');
  const starts: StartOutcome[] = [];
  const aws = connectTo(cloud, { ...place, chance });
  const contextOf = functionContext(options, { clock, aws, names, starts });
  const call = createFunctions(contextOf, interfere.invoke);
  const stepFunctions = stepFunctionsIn(cloud, place, chance, call);
  endAtEntry(stepFunctions, (work) => clock.at(clock.now(), work), interfere.enter);
  const machines = createMachines(stepFunctions, place, names, options.settings);
  const executions: Execution[] = [];
  stepFunctions.onStatusChange((execution) => {
    if (execution.status === 'RUNNING' && execution.stateMachineArn === machines.build) executions.push(execution);
  });
  addRegionStacks(cloud, place, options.regionStacks ?? []);
  const queues = deployTriggers(options, { cloud, stepFunctions, place, machines, call });

  return {
    clock,
    cloud,
    stepFunctions,
    stateMachineArn: machines.build,
    bucket: names.bucket,
    ...startersOf(stepFunctions, place, machines),
    redrive: (executionArn) =>
      void (stepFunctions.actions['RedriveExecution'] as Action)({ executionArn }, { account, region }),
    async finish(executionArn) {
      await clock.run(() => stepFunctions.execution(executionArn).status !== 'RUNNING');
      return stepFunctions.execution(executionArn);
    },
    async pass(seconds) {
      const until = clock.now() + seconds * 1000;
      clock.at(until, () => undefined);
      await clock.run(() => clock.now() >= until);
    },
    sourceUpdated: (parameter) => cloud.publishRelease(region, parameter).id,
    executions: () => [...executions],
    starts,
    mails,
    queue: (id) => queues.get(id) ?? [],
    artifact: (key) => cloud.readObject(names.bucket, key),
    read(about, name) {
      const text = cloud.readObject(names.bucket, keyOf(about, name));
      return text === undefined ? undefined : parseDocument(name, text);
    },
  };
}

type Place = { account: string; region: string };

/** An empty account that has what the recipes name. */
function cloudFor(options: SimulationOptions, { account, region }: Place): SimulatedCloud {
  const { catalog, seed, rough, rates, throttling, answers, scenario, speed = 'max', interfere = {} } = options;
  return createCloud({
    clock: createClock({ start: (options.start ?? new Date('2026-11-23T03:00:00Z')).getTime(), speed }),
    account,
    ...(seed !== undefined && { seed }),
    rough,
    rates,
    throttling,
    answers,
    scenario,
    ...accountFor(catalog, region, { ...simulatedSettings, ...options.settings }),
    interfere: interfere.call,
    interfereWithEvents: interfere.event,
  });
}

function stepFunctionsIn(
  cloud: SimulatedCloud,
  { account, region }: Place,
  chance: Random,
  call: CallFunction,
): StepFunctions {
  const stepFunctions = createStepFunctions({
    clock: cloud.clock,
    account,
    random: () => chance.next(),
    invoke: (arn, payload, _region, own) => call(arn.split(`:${service}-`)[1] ?? arn, payload, own),
  });
  cloud.addService('sfn', stepFunctions.actions);
  stepFunctions.onStatusChange((execution) => cloud.events.put(executionStatusChange(region, account, execution)));
  return stepFunctions;
}

/** Starts executions of each machine. They are numbered together. */
function startersOf(
  stepFunctions: StepFunctions,
  place: Place,
  { archive, build, sweep, move, plan, retire, share }: Machines,
): Pick<Simulation, 'archive' | 'start' | 'sweep' | 'move' | 'plan' | 'retire' | 'share'> {
  let manual = 0;
  const starting =
    (machine: string, kind: string) =>
    (input: unknown = {}, name = `${kind}-${++manual}`) =>
      startMachine(stepFunctions, place, { machine, input, name });
  return {
    archive: starting(archive, 'archive'),
    start: starting(build, 'manual'),
    sweep: starting(sweep, 'sweep'),
    move: starting(move, 'move'),
    plan: starting(plan, 'plan'),
    retire: starting(retire, 'retire'),
    share: starting(share, 'share'),
  };
}

/** Deploys the rules and schedules that start functions and executions. Returns the queues that they fill. */
function deployTriggers(
  { catalog, triggers, notify, pages, settings }: SimulationOptions,
  around: { cloud: SimulatedCloud; stepFunctions: StepFunctions; place: Place; machines: Machines; call: CallFunction },
): Map<string, Message[]> {
  const { cloud, stepFunctions, place, machines, call } = around;
  const { functionArn } = deployedNames(place.region, place.account);
  const others = triggerResources(schedulesOf(catalog), {
    ...simulatedSettings,
    ...settings,
    name: service,
    dailySweep: 'ENABLED',
    dailyRetirement: 'ENABLED',
  });
  const calledByEvents = [...eventFunctions.keys()].map(
    (name) =>
      [
        `${name}LambdaFunction`,
        { arn: functionArn(name), run: (event: unknown, own: Clock) => call(name, event, own) },
      ] as const,
  );
  let nameless = 0;
  const target = (machine: string) => ({
    arn: machine,
    start: (input: unknown, name = `scheduled-${++nameless}`) =>
      void startMachine(stepFunctions, place, { machine, input, name }),
  });
  return deploy(
    {
      ...buildResources(),
      ...(triggers && others),
      ...(notify && notifyResources()),
      ...(pages && pageResources()),
    },
    {
      clock: cloud.clock,
      events: cloud.events,
      random: cloud.random('schedules'),
      ...place,
      functions: Object.fromEntries(calledByEvents),
      machines: {
        BuildImage: target(machines.build),
        CleanUpBuild: target(machines.cleanUp),
        MoveChannelMachine: target(machines.move),
        SweepMachine: target(machines.sweep),
        RetireImagesMachine: target(machines.retire),
      },
    },
  );
}

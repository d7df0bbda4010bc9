import type { Context } from 'aws-lambda';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from '../../aws/connection.ts';
import { schedulesOf } from '../../core/start/recipe-schedule.ts';
import {
  keyOf,
  parseDocument,
  type DocumentSubject,
  type DocumentContent,
  type DocumentName,
} from '../../core/memory/documents.ts';
import type { Surroundings } from '../../functions/cloud.ts';
import { lambda } from '../../functions/stage.ts';
import { notifyResources, triggerResources } from '../../infrastructure/triggers.cjs';
import type { Action } from '../aws/calls/actions.ts';
import { acting, actingAs, retryStrategy } from '../aws/calls/attach.ts';
import { createClock, type Clock, type Timer } from '../clock.ts';
import { createCloud, type Cloud as SimulatedCloud } from '../aws/cloud.ts';
import { deploy, type Message } from './deployment.ts';
import { executionStatusChange } from '../aws/events/events.ts';
import { eventFunctions, stages } from './handlers.ts';
import { createInvoke, endAtEntry } from './interfered-functions.ts';
import { accountFor } from './account-for.ts';
import { simulatedSettings } from './simulated-settings.ts';
import type { SimulationOptions } from './simulation-options.ts';
import { partitionIn } from '../aws/partition.ts';
import { snsActions, type Mail } from '../aws/events/sns.ts';
import type { StartOutcome } from './start-outcome.ts';
import { createStepFunctions, type Execution, type StepFunctions } from '../states/step-functions.ts';

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

/** Service and stage, the prefix of every name in a deployment with default settings. */
const service = 'golden-image-dev';

/** The pipeline on a simulated AWS, with the deployed state machine, the bundled handlers and real SDK clients. */
export function createSimulation(options: SimulationOptions): Simulation {
  const { catalog, region = 'us-east-1', account = '222233334444', speed = 'max', onLog, interfere = {} } = options;
  const clock = createClock({ start: (options.start ?? new Date('2026-11-23T03:00:00Z')).getTime(), speed });
  const { seed, rough, rates, throttling, scenario } = options;
  const settings = { ...simulatedSettings, ...options.settings };
  const cloud = createCloud({
    clock,
    account,
    ...(seed !== undefined && { seed }),
    rough,
    rates,
    throttling,
    scenario,
    ...accountFor(catalog, region),
    interfere: interfere.call,
  });
  const bucket = `golden-artifacts-${account}`;
  cloud.createBucket(bucket, region);

  const chance = cloud.random('simulation');
  const aws = connect(region, {
    // This logger discards everything. Without a logger, the SDK prepares every message, which takes 5 % of a simulated build's
    // time.
    config: (attempts) => ({
      retryStrategy: retryStrategy(clock, chance, attempts),
      logger: {},
      ignoreConfiguredEndpointUrls: true, // those of this computer
    }),
    attach: (client, at) => void cloud.attach(client as never, { account, region: at }),
  });
  const stateMachineArn = `arn:${partitionIn(region)}:states:${region}:${account}:stateMachine:${service}-build-image`;
  const topic = `arn:${partitionIn(region)}:sns:${region}:${account}:${service}-notifications`;
  const { actions: sns, mails } = snsActions(clock, options.notify ? [topic] : []);
  cloud.addService('sns', sns);
  const starts: StartOutcome[] = [];
  const handlerCloud: Surroundings = {
    aws,
    bucket,
    machine: stateMachineArn,
    deployment: service,
    get settings() {
      return { ...simulatedSettings, ...options.settings }; // read for each run, since a deployment may change them
    },
    topic,
    now: () => new Date(clock.now()),
    catalog: async () => catalog,
    every(seconds, work, failed) {
      const run = acting(); // a timer runs outside of the function that set it
      let timer: Timer;
      const next = () => {
        timer = clock.at(clock.now() + seconds * 1000, () => {
          if (run?.killed) return;
          next();
          clock.activity(() => actingAs(run, work)).catch((error: Error) => actingAs(run, () => failed(error)));
        });
      };
      next();
      return () => timer.cancel();
    },
    log(line) {
      if (acting()?.killed) return;
      const at = new Date(clock.now()).toISOString();
      const { level: _, state, ...outcome } = line;
      if (state === 'StartBuild' && 'by' in outcome) starts.push({ ...(outcome as unknown as StartOutcome), at });
      onLog?.({ at, ...line });
    },
  };
  const invoke = createInvoke(interfere.invoke);
  const handlers = new Map(
    [...stages, ...eventFunctions].map(([name, stage]) => [name, lambda(stage, () => handlerCloud)]),
  );
  const call = async (name: string, payload: unknown): Promise<unknown> => {
    const handler = handlers.get(name);
    if (!handler) throw new Error(`no function ${name}`);
    return invoke(name, payload, async (event) => handler(event, {} as Context, () => undefined));
  };
  const functionArn = (name: string) =>
    `arn:${partitionIn(region)}:lambda:${region}:${account}:function:${service}-${name}`;

  const stepFunctions = createStepFunctions({
    clock,
    account,
    random: () => chance.next(),
    invoke: (arn, payload) => call(arn.split(`:${service}-`)[1] ?? arn, payload),
  });
  cloud.addService('sfn', stepFunctions.actions);
  stepFunctions.onStatusChange((execution) => cloud.events.put(executionStatusChange(region, account, execution)));
  endAtEntry(stepFunctions, (work) => clock.at(clock.now(), work), interfere.enter);

  const functionArns = [...stages.keys()].map((name) => [`${name}Arn`, functionArn(name)]);
  const createMachine = (name: string) =>
    stepFunctions.createStateMachine({
      name: `${service}-${name}`,
      region,
      definition: readFileSync(join(process.env['GOLDEN_ROOT'] ?? '.', `statemachines/${name}.asl.json`), 'utf8'),
      substitutions: { Partition: partitionIn(region), ...Object.fromEntries(functionArns) },
      tags: { 'golden:bucket': bucket, 'golden:automatic-builds': settings.automaticBuilds ? 'on' : 'off' },
    });
  createMachine('build-image');
  const cleanUpArn = createMachine('clean-up-build');
  const sweepArn = createMachine('sweep');
  const startExecution = (machine: string, input: unknown, name: string) => {
    const request = { stateMachineArn: machine, name, input: JSON.stringify(input) };
    return (
      (stepFunctions.actions['StartExecution'] as Action)(request, { account, region }) as { executionArn: string }
    ).executionArn;
  };

  const executions: Execution[] = [];
  stepFunctions.onStatusChange((execution) => {
    if (execution.status === 'RUNNING' && execution.stateMachineArn === stateMachineArn) executions.push(execution);
  });
  const calledByEvents = [...eventFunctions.keys()].map((name) => {
    return [`${name}LambdaFunction`, { arn: functionArn(name), run: (event: unknown) => call(name, event) }] as const;
  });
  let nameless = 0;
  const start = (arn: string) => (input: unknown, name?: string) =>
    void startExecution(arn, input, name ?? `scheduled-${++nameless}`);
  const { BuildDied, ...others } = triggerResources(schedulesOf(catalog), settings);
  const queues = deploy(
    { BuildDied, ...(options.triggers && others), ...(options.notify && notifyResources()) },
    {
      clock,
      events: cloud.events,
      random: cloud.random('schedules'),
      account,
      region,
      functions: Object.fromEntries(calledByEvents),
      machines: {
        BuildImage: { arn: stateMachineArn, start: start(stateMachineArn) },
        CleanUpBuild: { arn: cleanUpArn, start: start(cleanUpArn) },
        SweepMachine: { arn: sweepArn, start: start(sweepArn) },
      },
    },
  );

  let manual = 0;
  return {
    clock,
    cloud,
    stepFunctions,
    stateMachineArn,
    bucket,
    start(input, name = `manual-${++manual}`) {
      return startExecution(stateMachineArn, input, name);
    },
    sweep: (input = {}, name = `sweep-${++manual}`) => startExecution(sweepArn, input, name),
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
    artifact: (key) => cloud.readObject(bucket, key),
    read(about, name) {
      const text = cloud.readObject(bucket, keyOf(about, name));
      return text === undefined ? undefined : parseDocument(name, text);
    },
  };
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DeploymentSettings } from '../../core/deployment/deployment-settings.ts';
import type { Action } from '../aws/calls/actions.ts';
import { partitionIn } from '../aws/partition.ts';
import type { StepFunctions } from '../states/step-functions.ts';
import { deployedNames, service } from './deployed-names.ts';
import { stages } from './handlers.ts';
import { simulatedSettings } from './simulated-settings.ts';

// The state machines of the pipeline in the simulated Step Functions.

type Place = { account: string; region: string };
type Tags = Record<string, string>;

/** Creates a machine from its file in statemachines/. Returns its ARN. */
function createMachine(stepFunctions: StepFunctions, { account, region }: Place, name: string, tags: Tags) {
  const { functionArn } = deployedNames(region, account);
  const functionArns = [...stages.keys()].map((stage) => [`${stage}Arn`, functionArn(stage)]);
  return stepFunctions.createStateMachine({
    name: `${service}-${name}`,
    region,
    definition: readFileSync(join(process.env['GOLDEN_ROOT'] ?? '.', `statemachines/${name}.asl.json`), 'utf8'),
    substitutions: { Partition: partitionIn(region), ...Object.fromEntries(functionArns) },
    tags,
  });
}

/** The ARNs of all machines. */
export type Machines = Record<'archive' | 'build' | 'cleanUp' | 'move' | 'plan' | 'retire' | 'share' | 'sweep', string>;

/** Creates all machines of a deployment. */
export function createMachines(
  stepFunctions: StepFunctions,
  place: Place,
  { bucket, forwarder }: { bucket: string; forwarder: string },
  settings: Partial<DeploymentSettings> | undefined,
): Machines {
  const { automaticBuilds } = { ...simulatedSettings, ...settings };
  const tags = {
    'golden:bucket': bucket,
    'golden:automatic-builds': automaticBuilds ? 'on' : 'off',
    'golden:event-forwarder': forwarder,
    'golden:version': 'simulated',
    'golden:recipes': 'simulated',
  };
  const create = (name: string) => createMachine(stepFunctions, place, name, tags);
  return {
    archive: create('archive-image'),
    build: create('build-image'),
    cleanUp: create('clean-up-build'),
    move: create('move-channel'),
    plan: create('plan-build'),
    retire: create('retire-images'),
    share: create('share-image'),
    sweep: create('sweep'),
  };
}

/** Starts an execution through the API. Returns its ARN. */
export function startMachine(
  { actions }: StepFunctions,
  place: Place,
  { machine, input, name }: { machine: string; input: unknown; name: string },
): string {
  const request = { stateMachineArn: machine, name, input: JSON.stringify(input) };
  return ((actions['StartExecution'] as Action)(request, place) as { executionArn: string }).executionArn;
}

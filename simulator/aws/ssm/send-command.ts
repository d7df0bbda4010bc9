import type { SendCommandRequest } from '@aws-sdk/client-ssm';
import type { Scenario } from '../../pipeline/scenario.ts';
import { ApiError, type Caller } from '../calls/actions.ts';
import { uuid } from '../keys.ts';
import type { Agent } from '../state/agents.ts';
import type { SsmCommand } from '../state/commands.ts';
import type { Region } from '../state/region.ts';
import type { World } from '../state/world.ts';
import { describedCommand } from './describe-command.ts';
import { documentOf, type Document } from './documents.ts';
import { disksIn, environmentIn, parameterValues, scriptIn, secretsIn } from './parameter-values.ts';
import { runOn } from './run-command.ts';

// SendCommand of the simulated Systems Manager.

type StepRule = Scenario['commands'][number];

/** The scenario's rules for the commands of a build. A rule with `times` is used up after so many commands. */
export class StepRules {
  readonly #world: World;
  readonly #used = new Map<StepRule, number>();

  constructor(world: World) {
    this.#world = world;
  }

  /** The first rule for this step that is not used up. The call uses it once. */
  next(step: string): StepRule | undefined {
    const rule = this.#world.rules.commands.find(
      (each) => each.step === step && (this.#used.get(each) ?? 0) < (each.times ?? Infinity),
    );
    if (!rule) return undefined;
    this.#used.set(rule, (this.#used.get(rule) ?? 0) + 1);
    this.#world.hits.add(rule);
    return rule;
  }
}

/** Sends a command to its instances. The agent of each must be online. */
export function sendCommand(world: World, rules: StepRules, input: SendCommandRequest, caller: Caller) {
  const region = world.region(caller.region);
  const document = documentOf(input);
  const agents = agentsFor(region, input.InstanceIds ?? [], caller);
  const command = newCommand(world, region, document, input, caller);
  command.rule = rules.next(command.step);
  region.commands.set(command.id, command);
  command.invocations = agents.map((agent) => runOn(world, command, agent.instance, agent));
  return { Command: describedCommand(command) };
}

function agentsFor(region: Region, ids: string[], caller: Caller): Agent[] {
  if (ids.length < 1 || ids.length > 50)
    throw new ApiError('ValidationException', 'InstanceIds must have 1 to 50 members');
  const agents = ids
    .flatMap((id) => region.agents.get(id) ?? [])
    .filter((agent) => agent.online && agent.instance.owner === caller.account);
  if (agents.length === ids.length) return agents;
  throw new ApiError(
    'InvalidInstanceId',
    `Instances [[${ids.join(', ')}]] not in a valid state for account ${caller.account}`,
  );
}

function newCommand(
  world: World,
  region: Region,
  document: Document,
  input: SendCommandRequest,
  caller: Caller,
): SsmCommand {
  const parameters = parameterValues(
    input.Parameters ?? {},
    (name) => region.parameters.get(name)?.versions.at(-1)?.value,
  );
  const comment = input.Comment ?? '';
  return {
    id: uuid('command', world.newId('command', region.name)),
    owner: caller.account,
    region: region.name,
    documentName: input.DocumentName ?? '',
    documentVersion: input.DocumentVersion ?? '$DEFAULT',
    document,
    comment,
    step: comment.slice(comment.indexOf(' ') + 1),
    parameters: input.Parameters ?? {},
    script: scriptIn(parameters['commands'] ?? parameters['commandLine'] ?? []),
    environment: environmentIn(parameters['commands'] ?? parameters['commandLine'] ?? []),
    disks: disksIn(parameters['commands'] ?? parameters['commandLine'] ?? []),
    secrets: secretsIn(parameters['commands'] ?? parameters['commandLine'] ?? []),
    timeoutSeconds: input.TimeoutSeconds ?? 3600,
    executionTimeout: Number(input.Parameters?.[document.timeout ?? '']?.[0] ?? 3600),
    outputBucket: input.OutputS3BucketName,
    outputPrefix: input.OutputS3KeyPrefix,
    cloudWatch: input.CloudWatchOutputConfig,
    maxConcurrency: input.MaxConcurrency ?? '50',
    maxErrors: input.MaxErrors ?? '0',
    sentAt: world.clock.now(),
    rule: undefined,
    invocations: [],
  };
}

// Step Functions itself judges the machines: as definitions, and state by state against our interpreter.
import {
  TestStateCommand,
  ValidateStateMachineDefinitionCommand,
  type TestStateCommandOutput,
} from '@aws-sdk/client-sfn';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/setup.mjs';
import { parseDefinition, type Definition, type Json, type Retrier } from '../../simulator/states/definition.ts';
import type { Account } from './account.ts';
import type { AccountCheck } from './check.ts';
import { same, tasksOf, tryState, type Mock, type StateOutcome } from './one-state.ts';
import { allMachines } from '../support/machines.ts';
import type { Recorded, Visit } from './recorded.ts';

/** A machine as it would be deployed to the account. */
export function definitionOf(machine: string, { id, partition, region }: Pick<Account, 'id' | 'partition' | 'region'>) {
  const text = readFileSync(join(root, `statemachines/${machine}.asl.json`), 'utf8');
  const names = new Set([...text.matchAll(/\$\{(\w+)Arn\}/g)].map(([, name = '']) => name));
  const arn = (name: string) =>
    `arn:${partition}:lambda:${region}:${id}:function:golden-image-dev-${name.charAt(0).toLowerCase()}${name.slice(1)}`;
  const substitutions = Object.fromEntries([...names].map((name) => [`${name}Arn`, arn(name)]));
  return parseDefinition(text, { ...substitutions, Partition: partition });
}

export type Definitions = Map<string, Definition>;
export const definitions = (account: Account): Definitions =>
  new Map(allMachines.map((machine) => [machine, definitionOf(machine, account)]));

/** Step Functions says OK and has no error; its warnings are passed on. */
export const definitionChecks = ({ sfn }: Account, all: Definitions): AccountCheck[] =>
  [...all].map(([machine, definition]) => ({
    name: `Step Functions accepts the definition of ${machine}`,
    async run() {
      const { result, diagnostics = [] } = await sfn.send(
        new ValidateStateMachineDefinitionCommand({
          definition: JSON.stringify(definition),
          type: 'STANDARD',
          severity: 'WARNING',
        }),
      );
      const said = diagnostics.map(({ severity, code, message, location }) =>
        [severity, code, message, location].filter(Boolean).join(' '),
      );
      if (result !== 'OK' || diagnostics.some(({ severity }) => severity === 'ERROR'))
        throw new Error(said.join('; ') || `the result is ${result}`);
      return said.join('; ');
    },
  }));

/** Retried for nothing and caught by States.ALL, if by anything. */
const unretried = 'RecipeInvalid';

interface Case {
  what: string;
  mock: Mock;
  retries?: number;
}

/** Each retrier at its first failure and when it has no attempt left, an error that nobody retries, and success. */
const casesOf = ({ result }: Visit, retriers: Retrier[] = []): Case[] => [
  { what: 'succeeds', mock: { result } },
  ...retriers.flatMap(({ ErrorEquals: [error = ''], MaxAttempts = 3 }) => [
    { what: `fails with ${error}`, mock: { error } },
    { what: `fails with ${error} after ${MaxAttempts} retries`, mock: { error }, retries: MaxAttempts },
  ]),
  { what: `fails with ${unretried}`, mock: { error: unretried } },
];

export const stateChecks = (account: Account, all: Definitions, { visits }: Recorded): AccountCheck[] =>
  [...all].flatMap(([machine, definition]) =>
    tasksOf(definition).flatMap(([name, state]): AccountCheck[] => {
      const visit = visits.get(`${machine} ${name}`);
      if (!visit) throw new Error(`no simulated build went through ${name} of ${machine}`);
      return casesOf(visit, state.Retry).map((one) => ({
        name: `${machine}: ${name} ${one.what}`,
        run: () => compare(account, definition, name, visit.input, one),
      }));
    }),
  );

const texts = new WeakMap<Definition, string>();
/** A definition is sent with each of the hundreds of cases, so it is written once. */
function textOf(definition: Definition): string {
  const text = texts.get(definition) ?? JSON.stringify(definition);
  texts.set(definition, text);
  return text;
}

async function compare(account: Account, machine: Definition, name: string, input: Json, { mock, retries = 0 }: Case) {
  const { sfn, id, region } = account;
  const ours = await tryState(machine, name, input, mock, { region, account: id, retries });
  const byToken = tasksOf(machine).some(
    ([key, { Resource }]) => key === name && Resource?.endsWith('.waitForTaskToken'),
  );
  const answer = await sfn.send(
    new TestStateCommand({
      definition: textOf(machine),
      stateName: name,
      input: JSON.stringify(input),
      inspectionLevel: 'DEBUG',
      context: JSON.stringify(ours.context),
      mock:
        'error' in mock
          ? { errorOutput: { error: mock.error, cause: ours.cause } }
          : // what a token is answered with has no model to be validated by
            { result: JSON.stringify(mock.result), fieldValidationMode: byToken ? 'NONE' : 'STRICT' },
      ...(retries > 0 && { stateConfiguration: { retrierRetryCount: retries } }),
    }),
  );
  const wrong = differences(ours, answer);
  if (wrong.length > 0) throw new Error(wrong.join('; '));
}

const parsed = (text: string | undefined): unknown => (text === undefined ? undefined : JSON.parse(text));
const brief = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
};

/** What Step Functions says otherwise than our interpreter does. */
function differences(ours: { outcome: StateOutcome; parameters: Json }, answer: TestStateCommandOutput): string[] {
  const { status, next, output, error, backoff } = ours.outcome;
  const { afterParameters, errorDetails } = answer.inspectionData ?? {};
  const found: string[] = [];
  const expect = (what: string, here: unknown, there: unknown) => {
    if (!same(here, there)) found.push(`${what}: Step Functions says ${brief(there)}, our interpreter ${brief(here)}`);
  };
  expect('status', status, answer.status);
  if (status !== answer.status) return found; // everything else follows from it
  if (status === 'SUCCEEDED' || status === 'CAUGHT_ERROR') {
    expect('next state', next, answer.nextState);
    expect('output', output, parsed(answer.output));
  }
  if (status !== 'SUCCEEDED') expect('error', error, answer.error);
  if (afterParameters !== undefined) expect('parameters', ours.parameters, parsed(afterParameters));
  // Step Functions tells whole seconds, and does not document whether they are drawn where a retrier has a jitter.
  const told = errorDetails?.retryBackoffIntervalSeconds;
  if (backoff !== undefined && told !== undefined && told > backoff)
    found.push(`backoff: Step Functions says ${told} s, our interpreter at most ${backoff} s`);
  return found;
}

// An AWS on 127.0.0.1 that answers what test-account.ts asks, in the wire protocols of the five services. It is strict where
// AWS is documented to be, and `wrong` makes it answer something else than AWS would, so that a check is seen to fail.
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Definition, Json } from '../../simulator/states/definition.ts';
import { refusals } from '../../simulator/states/supported/supported.ts';
import { allows, type AllowedAction } from '../support/roles/iam.ts';
import { tasksOf, tryState, type Mock } from './one-state.ts';

export interface FakeAws {
  endpoint: string;
  /** Names of the actions called, in order. */
  calls: string[];
  close: () => Promise<unknown>;
}

/** Changes an answer, or leaves it: for each action the answer as an object, before it is written. */
export type WrongAnswers = Record<string, (answer: any, request: any) => any>;

export class Refused extends Error {
  constructor(code: string, message: string) {
    super(message);
    this.name = code;
  }
}

/* eslint-disable @typescript-eslint/no-explicit-any -- requests and answers of eleven actions */
type Action = (request: any) => any;

const body = async (request: IncomingMessage): Promise<string> => {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
};

/** Values of `Name.member.1`, `Name.member.2` and so on. */
function members(form: Record<string, string>, name: string): string[] {
  const found: string[] = [];
  for (let index = 1; form[`${name}.member.${index}`] !== undefined; index++)
    found.push(form[`${name}.member.${index}`]!);
  return found;
}

/** The definitions that came before, by their text. */
const read = new Map<string, Definition>();

const stepFunctions: Record<string, Action> = {
  ListStateMachines: () => ({ stateMachines: [] }),
  ValidateStateMachineDefinition({ definition, type }) {
    if (type !== 'STANDARD') throw new Refused('ValidationException', 'the machines are Standard ones');
    const diagnostics = refusals(JSON.parse(definition) as Definition).map((message) => ({
      severity: 'ERROR',
      code: 'SCHEMA_VALIDATION_FAILED',
      message,
    }));
    return { result: diagnostics.length === 0 ? 'OK' : 'FAIL', diagnostics, truncated: false };
  },
  async TestState({ definition, stateName, input, mock, context, stateConfiguration = {} }) {
    const machine = read.get(definition) ?? (JSON.parse(definition) as Definition);
    read.set(definition, machine);
    const task = tasksOf(machine).find(([name]) => name === stateName)?.[1];
    if (!task) throw new Refused('ValidationException', `there is no Task ${stateName}`);
    if ((mock.result === undefined) === (mock.errorOutput === undefined))
      throw new Refused('ValidationException', 'a mock is a result or an error');
    const byToken = task.Resource!.endsWith('.waitForTaskToken');
    const { Execution, StateMachine, Task } = JSON.parse(context);
    if (!Execution.Id || !StateMachine.Id || (byToken && !Task?.Token))
      throw new Refused('ValidationException', 'the context is not that of a state');
    if (!byToken && mock.result && mock.fieldValidationMode === 'STRICT' && !('Payload' in JSON.parse(mock.result)))
      throw new Refused('ValidationException', 'the mock is not what Invoke answers');
    const { retrierRetryCount: retries = 0 } = stateConfiguration;
    const asked: Mock = mock.errorOutput ? { error: mock.errorOutput.error } : { result: JSON.parse(mock.result) };
    const [, , , region = '', account = ''] = StateMachine.Id.split(':');
    const { outcome, parameters } = await tryState(machine, stateName, JSON.parse(input) as Json, asked, {
      region,
      account,
      retries,
    });
    const shown = byToken ? { ...(parameters as any) } : parameters;
    if (byToken) shown.Payload = { ...shown.Payload, taskToken: Task.Token };
    return {
      status: outcome.status,
      ...(outcome.next && { nextState: outcome.next }),
      ...(outcome.output !== undefined && { output: JSON.stringify(outcome.output) }),
      ...(outcome.error && { error: outcome.error, cause: mock.errorOutput?.cause }),
      inspectionData: {
        afterParameters: JSON.stringify(shown),
        ...(outcome.backoff && { errorDetails: { retryBackoffIntervalSeconds: Math.floor(outcome.backoff) } }),
      },
    };
  },
};

const systemsManager: Record<string, Action> = {
  GetParameter: ({ Name }) => ({ Parameter: { Name, Type: 'String', Value: 'ami-0123456789abcdef0', Version: 1 } }),
};

const identity: Record<string, Action> = {
  GetCallerIdentity: () => ({ Account: '444455556666', Arn: 'arn:aws:iam::444455556666:user/tester', UserId: 'AIDA' }),
  // the name of the role is its key, so that a call under the role is known by it
  AssumeRole: ({ RoleArn }) => ({
    Credentials: {
      AccessKeyId: RoleArn.split('/').at(-1),
      SecretAccessKey: 'fake',
      SessionToken: 'fake',
      Expiration: '2030-01-01T00:00:00Z',
    },
  }),
  ListInstanceProfiles: () => ({ InstanceProfiles: [], IsTruncated: false }),
  ListRoles: () => ({ Roles: [], IsTruncated: false }),
  SimulateCustomPolicy(form) {
    const [action = ''] = members(form, 'ActionNames');
    const [resource = ''] = members(form, 'ResourceArns');
    const context: Record<string, string[]> = {};
    for (let index = 1; form[`ContextEntries.member.${index}.ContextKeyName`]; index++)
      context[form[`ContextEntries.member.${index}.ContextKeyName`]!] = members(
        form,
        `ContextEntries.member.${index}.ContextKeyValues`,
      );
    const statements = members(form, 'PolicyInputList').flatMap((text) => JSON.parse(text).Statement);
    const allowed = statements.some(({ Action: of, Resource, Condition = {} }) => {
      const grant: AllowedAction = { role: '', id: '', action: of, resource: Resource, conditions: Condition };
      return allows(grant, { action, resource, context });
    });
    const decision = allowed ? 'allowed' : 'implicitDeny';
    return {
      EvaluationResults: [{ EvalActionName: action, EvalResourceName: resource, EvalDecision: decision }],
      IsTruncated: false,
    };
  },
};

/** EC2 ends every dry run with an error, an allowed one too. */
const ec2 = (action: string, { DryRun, ImageId = '', SourceImageId = '' }: Record<string, string>): object => {
  if (action.startsWith('Describe')) return {};
  if (DryRun !== 'true') throw new Error(`${action} was no dry run`);
  if (`${ImageId}${SourceImageId}` !== 'ami-0123456789abcdef0' && /^(RunInstances|CopyImage)$/.test(action))
    throw new Refused('InvalidAMIID.NotFound', 'The image id does not exist');
  throw new Refused('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.');
};

const xml = (value: any, name: string): string =>
  Array.isArray(value)
    ? `<${name}>${value.map((one) => xml(one, 'member')).join('')}</${name}>`
    : value !== null && typeof value === 'object'
      ? `<${name}>${Object.entries(value)
          .map(([key, one]) => xml(one, key))
          .join('')}</${name}>`
      : `<${name}>${String(value).replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</${name}>`;

export async function startFakeAws(wrong: WrongAnswers = {}): Promise<FakeAws> {
  const calls: string[] = [];
  const answer = async (action: string, handle: Action, request: any) => {
    calls.push(action);
    const right = await handle(request);
    return wrong[action] ? wrong[action](right, request) : right;
  };
  const server = createServer((request, response) => {
    void respond().catch((error: Error) => {
      response.writeHead(500).end(String(error.stack));
    });
    async function respond() {
      const text = await body(request);
      const target = String(request.headers['x-amz-target'] ?? '');
      if (target) {
        const action = target.split('.').at(-1)!;
        const handle = stepFunctions[action] ?? systemsManager[action];
        response.setHeader('content-type', String(request.headers['content-type']));
        try {
          if (!handle) throw new Error(`${target} is not known here`);
          response.end(JSON.stringify(await answer(action, handle, JSON.parse(text))));
        } catch (error) {
          if (!(error instanceof Refused)) throw error;
          response.writeHead(400).end(JSON.stringify({ __type: error.name, message: error.message }));
        }
        return;
      }
      const form = Object.fromEntries(new URLSearchParams(text));
      const { Action: action = '' } = form;
      const known = identity[action];
      response.setHeader('content-type', 'text/xml');
      try {
        const said = await answer(action, known ?? ((params) => ec2(action, params)), form);
        response.end(
          known
            ? xml({ [`${action}Result`]: said, ResponseMetadata: { RequestId: 'fake' } }, `${action}Response`)
            : xml({ requestId: 'fake', ...said }, `${action}Response`),
        );
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        const told = { Code: error.name, Message: error.message };
        const document = known
          ? xml({ Error: { Type: 'Sender', ...told }, RequestId: 'fake' }, 'ErrorResponse')
          : xml({ Errors: { Error: told }, RequestID: 'fake' }, 'Response');
        response.writeHead(known ? 403 : 412).end(document);
      }
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

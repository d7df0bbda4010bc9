import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { comparable, corpus, functionsOf, type MachineCase, type MachineEnd } from '../statemachines/corpus.ts';
import { startBridge, type Bridge } from './bridge.ts';
import { startServer, type Server } from './server.ts';
import { motoAccount, send } from './wire.ts';

// The corpus that our interpreter runs in test/simulator/states.test.ts, in moto's engine: a port of LocalStack's,
// whose own tests are recorded on AWS. Its functions run here; time is real.
let bridge: Bridge;
let server: Server;
let sfn: SFNClient;
const behaviours = new Map<string, (name: string, payload: unknown) => Promise<unknown>>();

beforeAll(async () => {
  bridge = await startBridge({
    caller: (scenario) => ({ scenario, functionKey: '' }),
    invoke(functionName, payload) {
      const [run = '', name = ''] = functionName.split('--');
      return behaviours
        .get(run)?.(name, JSON.parse(payload))
        .then(
          (answer) => ({ body: JSON.stringify(answer) }),
          ({ name: errorType, message: errorMessage }: Error) => {
            return { failed: true, body: JSON.stringify({ errorType, errorMessage, trace: [] }) };
          },
        );
    },
    answer: (call) => send(server.port, call),
    pass: (call) => send(server.port, call),
  });
  server = await startServer(bridge.port, join(process.cwd(), 'test/moto'));
  sfn = new SFNClient({
    region: 'us-east-1',
    endpoint: `http://127.0.0.1:${server.port}`,
    credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret' },
    maxAttempts: 1,
  });
});
afterAll(async () => {
  await bridge.stop();
  server.stop();
});

/** moto gives a text as it is, not as JSON. */
function parsed(output: string): unknown {
  try {
    return JSON.parse(output);
  } catch {
    return output;
  }
}

async function run(one: MachineCase, id: string): Promise<MachineEnd> {
  const engine = {
    sleep,
    async succeed(taskToken: string, output: string) {
      await sfn.send(new SendTaskSuccessCommand({ taskToken, output }));
    },
    async fail(taskToken: string, error: string, cause: string) {
      await sfn.send(new SendTaskFailureCommand({ taskToken, error, cause }));
    },
  };
  behaviours.set(id, functionsOf(one, engine));
  // a function's name says which execution it belongs to; the machine is the same otherwise
  const definition = JSON.stringify(one.definition).replaceAll(/"FunctionName":"(\w+)"/g, `"FunctionName":"${id}--$1"`);
  const name = `machine-${id}`;
  const roleArn = `arn:aws:iam::${motoAccount}:role/machine`;
  const { stateMachineArn } = await sfn.send(new CreateStateMachineCommand({ name, definition, roleArn }));
  const { executionArn } = await sfn.send(
    new StartExecutionCommand({ stateMachineArn, name: 'run', input: JSON.stringify(one.input) }),
  );
  for (;;) {
    const { status = '', output, error } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    if (status === 'RUNNING') {
      await sleep(200);
      continue;
    }
    const { events = [] } = await sfn.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }));
    return {
      status,
      ...(output !== undefined && { output: parsed(output) }),
      ...(error !== undefined && { error }),
      states: events.flatMap(({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name ?? []),
    };
  }
}

const numbered = corpus.flatMap(([file, cases]) => cases.map((one, index) => ({ file, one, id: `${file}${index}` })));
const rows = (which: typeof numbered) => which.map(({ file, one, id }) => [file, one.comment, one, id] as const);

describe('moto ends as our interpreter does', () => {
  test.concurrent.each(rows(numbered.filter(({ one }) => !one.moto)))('%s: %s', async (_file, _comment, one, id) => {
    expect(comparable(await run(one, id), one)).toEqual(comparable(one.expect, one));
  });
});

// each case says what AWS's documentation has against moto; a difference that is gone must not be told any more
describe('moto is still wrong where we say that it is', () => {
  test.concurrent.each(rows(numbered.filter(({ one }) => one.moto)))('%s: %s', async (_file, _comment, one, id) => {
    expect(comparable(await run(one, id), one)).not.toEqual(comparable(one.expect, one));
  });
});

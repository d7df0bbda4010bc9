import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomBytes } from 'node:crypto';
import type { FunctionOutcome } from './lambda.ts';
import type { FunctionCaller } from './layer.ts';
import type { HttpAnswer, HttpCall } from './wire.ts';

/** What the bridge does with what arrives. */
export interface Ends {
  /** Invokes a function; undefined where there is none of that name. */
  invoke(functionName: string, payload: string, trace: string): Promise<FunctionOutcome> | undefined;
  caller(functionName: string, payload: string): FunctionCaller;
  /** Hears of a call of EventBridge that failed; nobody waits for its answer. */
  unheard?(functionName: string, error: string): void;
  /** Answers a call that a function made. */
  answer(call: HttpCall, caller: FunctionCaller): Promise<HttpAnswer>;
  /** Passes on a call that no function made: moto's own tasks. */
  pass(call: HttpCall): Promise<HttpAnswer>;
}

export interface Bridge {
  port: number;
  stop(): Promise<void>;
}

const invocation = /^\/2015-03-31\/functions\/([^/]+)\/invocations/;

/**
 * Where moto's tasks and our functions send all their calls. Invocations go to the bundles; calls of a function are known
 * by the X-Ray trace id that Lambda's runtime gives it and the SDK sends along, so that each finds its scenario's faults.
 */
export async function startBridge(ends: Ends): Promise<Bridge> {
  const traces = new Map<string, FunctionCaller>();

  async function invoke(name: string, payload: string, isEvent: boolean): Promise<HttpAnswer> {
    const root = `1-${randomBytes(4).toString('hex')}-${randomBytes(12).toString('hex')}`;
    traces.set(root, ends.caller(name, payload));
    const outcome = await ends.invoke(name, payload, `Root=${root};Parent=${randomBytes(8).toString('hex')};Sampled=0`);
    const headers = { 'content-type': 'application/json', 'x-amzn-requestid': root };
    if (!outcome) {
      const body = JSON.stringify({ Type: 'User', Message: `Function not found: ${name}` });
      return { status: 404, headers: { ...headers, 'x-amzn-errortype': 'ResourceNotFoundException' }, body };
    }
    if (isEvent && outcome.failed) ends.unheard?.(name, outcome.body);
    const error = outcome.failed ? { 'x-amz-function-error': 'Unhandled' } : {};
    return { status: 200, headers: { ...headers, 'x-amz-executed-version': '$LATEST', ...error }, body: outcome.body };
  }

  function answer(call: HttpCall): Promise<HttpAnswer> {
    const name = invocation.exec(call.path)?.[1];
    const isEvent = call.headers['x-amz-invocation-type'] === 'Event';
    if (name) return invoke(decodeURIComponent(name), call.body.toString() || '{}', isEvent);
    const root = /Root=([^;]+)/.exec(String(call.headers['x-amzn-trace-id'] ?? ''))?.[1] ?? '';
    const caller = traces.get(root);
    return caller ? ends.answer(call, caller) : ends.pass(call);
  }

  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = 'GET', url: path = '/', headers } = request;
      answer({ method, path, headers, body: Buffer.concat(chunks) }).then(
        ({ status, headers: sent, body }) => {
          response.writeHead(status, { 'content-length': Buffer.byteLength(body), ...sent });
          response.end(body);
        },
        (error: unknown) => {
          response.writeHead(502);
          response.end(String(error));
        },
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

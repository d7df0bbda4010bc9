import { fork, type ForkOptions } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** A function's answer, or its error in the shape in which Lambda reports it. */
export interface FunctionOutcome {
  failed?: boolean;
  body: string;
}

/** Runs bundled functions as Lambda does: a process for each, one invocation at a time, kept warm. */
export interface Lambda {
  /** @param bundle Folder of the function's `index.mjs`. @returns undefined where there is no such bundle. */
  invoke(bundle: string, name: string, payload: string, trace: string): Promise<FunctionOutcome> | undefined;
  stop(): void;
}

interface Environment {
  busy: boolean;
  invoke(payload: string, trace: string): Promise<FunctionOutcome>;
  kill(): void;
}

// Processes a function may have at once; further invocations queue. Lambda would start more, a test machine would suffer.
const concurrency = 2;

/** Starts a process that has loaded a bundle. `exited` is called when the process ends. */
function startEnvironment(
  runtime: string,
  bundle: string,
  options: Pick<ForkOptions, 'cwd' | 'env'>,
  exited: () => void,
): Environment {
  const child = fork(runtime, [join(bundle, 'index.mjs')], {
    ...options,
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    serialization: 'json',
  });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => lines.push(String(chunk)));
  let settle: ((outcome: FunctionOutcome) => void) | undefined;
  let ready: (() => void) | undefined;
  const loaded = new Promise<void>((resolve) => (ready = resolve));
  child.on('message', (message: FunctionOutcome & { ready?: boolean }) => {
    if (message.ready) ready?.();
    else settle?.(message);
  });
  child.on('exit', (code) => {
    exited();
    const body = {
      errorType: 'Runtime.ExitError',
      errorMessage: `exit code ${code}\n${lines.join('').slice(-2000)}`,
    };
    settle?.({ failed: true, body: JSON.stringify(body) });
  });
  return {
    busy: true,
    invoke: (payload, trace) =>
      new Promise((resolve) => {
        settle = resolve;
        void loaded.then(() => child.send({ payload, trace }));
      }),
    kill: () => void child.kill(),
  };
}

export function createLambda({
  root,
  runtime,
  env,
}: {
  root: string;
  runtime: string;
  env: NodeJS.ProcessEnv;
}): Lambda {
  const environments = new Map<string, Environment[]>();
  const queues = new Map<string, (() => void)[]>();

  async function free(bundle: string, name: string): Promise<Environment> {
    for (;;) {
      const mine = environments.get(bundle) ?? [];
      environments.set(bundle, mine);
      const idle = mine.find(({ busy }) => !busy);
      if (idle) {
        idle.busy = true;
        return idle;
      }
      if (mine.length < concurrency) {
        const options = { cwd: root, env: { ...env, AWS_LAMBDA_FUNCTION_NAME: name } };
        const started = startEnvironment(runtime, bundle, options, () => {
          environments.set(bundle, environments.get(bundle)?.filter((one) => one !== started) ?? []);
        });
        mine.push(started);
        return started;
      }
      const queue = queues.get(bundle) ?? [];
      queues.set(bundle, queue);
      await new Promise<void>((resolve) => queue.push(resolve));
    }
  }

  return {
    invoke(bundle, name, payload, trace) {
      if (!existsSync(join(bundle, 'index.mjs'))) return undefined;
      return free(bundle, name).then(async (environment) => {
        try {
          return await environment.invoke(payload, trace);
        } finally {
          environment.busy = false;
          queues.get(bundle)?.shift()?.();
        }
      });
    },
    stop() {
      for (const environment of [...environments.values()].flat()) environment.kill();
    },
  };
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/*
 * Small machines, each showing one feature. corpus.test.ts runs them in our interpreter, test/moto/conformance.moto.ts in
 * moto's engine: both must end as `expect` says, unless `moto` says where moto is known to be wrong.
 */

/** How a function of a case behaves; by default it answers with its payload. */
export interface Behaviour {
  /** Errors it throws, call by call; '' is a call that goes well, as are all after the last. */
  fails?: string[];
  /** Seconds it takes. */
  seconds?: number;
  /** Answers with a text of so many bytes. */
  bytes?: number;
  /** Answers its payload's `token`, success being its payload's `input`. */
  answers?: 'success' | 'failure' | 'never';
  /** The call at which it answers the token; default the first. */
  at?: number;
  error?: string;
  cause?: string;
}

/** How an execution ended. The cause is left out: AWS does not promise its words. */
export interface MachineEnd {
  status: string;
  output?: unknown;
  error?: string;
  /** States entered, in order. */
  states: string[];
}

export interface MachineCase {
  /** What is to be seen, as a sentence. */
  comment: string;
  definition: object;
  input: unknown;
  functions?: Record<string, Behaviour>;
  expect: MachineEnd;
  /** Branches run side by side, so that only what is entered counts, not the order. */
  unordered?: boolean;
  /** Where moto is known to be wrong: "differs: ", what it does, and what says that AWS does otherwise. */
  moto?: string;
}

/** What a function of a case needs of the engine it runs in. */
export interface Engine {
  sleep: (milliseconds: number) => Promise<unknown>;
  succeed(token: string, output: string): Promise<void>;
  fail(token: string, error: string, cause: string): Promise<void>;
}

/** The functions of one execution; their counts are their own. */
export function functionsOf({ functions = {} }: MachineCase, engine: Engine) {
  const calls = new Map<string, number>();
  return async (name: string, payload: unknown, sleep = engine.sleep): Promise<unknown> => {
    const { fails = [], seconds, bytes, answers, at = 1, error = 'Failed', cause = '' } = functions[name] ?? {};
    const call = (calls.get(name) ?? 0) + 1;
    calls.set(name, call);
    if (seconds) await sleep(seconds * 1000);
    const failure = fails[call - 1];
    if (failure) throw Object.assign(new Error(`call ${call} of ${name}`), { name: failure });
    if (answers && answers !== 'never' && call === at) {
      const { token, input } = payload as { token: string; input: unknown };
      if (answers === 'success') await engine.succeed(token, JSON.stringify(input));
      else await engine.fail(token, error, cause);
    }
    return bytes ? 'x'.repeat(bytes) : payload;
  };
}

const folder = join(process.cwd(), 'test/statemachines/corpus');

/** Every case, by the file that it is in. */
export const corpus: [file: string, cases: MachineCase[]][] = readdirSync(folder)
  .toSorted()
  .map((file) => [file.replace(/\.json$/, ''), JSON.parse(readFileSync(join(folder, file), 'utf8')) as MachineCase[]]);

export const comparable = (ended: MachineEnd, { unordered }: MachineCase): MachineEnd =>
  unordered ? { ...ended, states: ended.states.toSorted() } : ended;

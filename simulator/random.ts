/** A repeatable random generator. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  between(low: number, high: number): number;
  normal(mean: number, deviation: number): number;
  /** Half of all draws are below `median`; `sigma` is the deviation of the logarithm. */
  lognormal(median: number, sigma: number): number;
  hex(digits: number): string;
}

// Looked up once: under Jest, looking up a global crosses into another context, and a build makes tens of thousands of draws.
const { floor, imul } = Math;

/**
 * One stream per seed. The parts are joined, so a stream can have a name (`7, 'CopyImage', 'eu-west-1', 3`) and does not depend
 * on the order of calls.
 */
export const createRandom = (...seed: (string | number)[]): Random =>
  randomFrom(mixed(absorbed(empty, seed.join('\0'))));

/** The streams `createRandom(...seed, 1)`, `createRandom(...seed, 2)` and so on, one at each call. */
export function createStreams(...seed: (string | number)[]): () => Random {
  const begun = absorbed(empty, `${seed.join('\0')}\0`);
  let ordinal = 0;
  return () => randomFrom(mixed(absorbed(begun, String(++ordinal))));
}

function randomFrom(seed: number): Random {
  let state = seed;
  // mulberry32: 32 bits of state are plenty for streams this short
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let drawn = imul(state ^ (state >>> 15), 1 | state);
    drawn = (drawn + imul(drawn ^ (drawn >>> 7), 61 | drawn)) ^ drawn;
    return ((drawn ^ (drawn >>> 14)) >>> 0) / 4294967296;
  };
  const normal = (mean: number, deviation: number) =>
    mean + deviation * Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  return {
    next,
    between: (low, high) => low + (high - low) * next(),
    normal,
    lognormal: (median, sigma) => median * Math.exp(normal(0, sigma)),
    hex(digits) {
      let text = '';
      while (text.length < digits) text += '0123456789abcdef'[floor(next() * 16)];
      return text;
    },
  };
}

// A hash of a text, which can be continued with more text (FNV-1a) before its bits are mixed.
const empty = 2166136261;

function absorbed(before: number, text: string): number {
  let value = before;
  for (let i = 0; i < text.length; i++) value = imul(value ^ text.charCodeAt(i), 16777619);
  return value;
}

function mixed(hash: number): number {
  let value = imul(hash ^ (hash >>> 16), 0x85ebca6b);
  value = imul(value ^ (value >>> 13), 0xc2b2ae35);
  return value ^ (value >>> 16);
}

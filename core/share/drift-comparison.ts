import type { Drift } from './drift.ts';

const keyOfDrift = ({ recipe, region, account, what, says }: Drift): string =>
  JSON.stringify([recipe, region, account, what, says]);

/** The drifts that another list does not have. */
export function newDrifts(drifts: Drift[], known: Drift[]): Drift[] {
  const keys = new Set(known.map(keyOfDrift));
  return drifts.filter((one) => !keys.has(keyOfDrift(one)));
}

/** The drifts that two looks have in common. What EC2 shows late, or somebody is changing now, is in one of them only. */
export function lastingDrifts(first: Drift[], second: Drift[]): Drift[] {
  const keys = new Set(first.map(keyOfDrift));
  // An image that two channels hold is seen twice.
  const seen = new Map(second.map((one) => [keyOfDrift(one), one]));
  return [...seen].filter(([key]) => keys.has(key)).map(([, one]) => one);
}

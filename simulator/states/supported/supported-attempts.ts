import type { Retrier, State } from '../definition.ts';
import { features } from './features.ts';
import { placeRefusal } from './supported-expressions.ts';

/** The problems of a state's Retry and Catch. */
export function attemptRefusals(name: string, { Retry = [], Catch = [] }: State): string[] {
  const found: string[] = [];
  for (const [field, list, known] of [
    ['Retry', Retry, features.retrier],
    ['Catch', Catch, features.catcher],
  ] as const)
    for (const [i, each] of list.entries()) {
      const say = (what: string) => void found.push(`${name}.${field}[${i}]: ${what}`);
      for (const key of Object.keys(each)) if (!known.includes(key)) say(`${key} is not supported`);
      const names: unknown = each.ErrorEquals;
      if (!Array.isArray(names) || names.length === 0) say('ErrorEquals is missing');
      else if (names.includes('States.ALL') && (names.length > 1 || i < list.length - 1))
        say('States.ALL must stand alone and last');
      for (const error of Array.isArray(names) ? (names as string[]) : [])
        if (error.startsWith('States.') && !features.error.includes(error)) say(`the error ${error} is not supported`);
    }
  for (const [i, retrier] of Retry.entries())
    if (outOfRange(retrier)) found.push(`${name}.Retry[${i}]: a value is out of range`);
  for (const [i, { ResultPath = '$' }] of Catch.entries()) {
    const why = placeRefusal(ResultPath);
    if (why) found.push(`${name}.Catch[${i}]: ResultPath ${why}`);
  }
  return found;
}

function outOfRange({
  IntervalSeconds = 1,
  MaxAttempts = 3,
  BackoffRate = 2,
  MaxDelaySeconds,
  JitterStrategy,
}: Retrier): boolean {
  return (
    !(Number.isInteger(IntervalSeconds) && IntervalSeconds > 0) ||
    !(Number.isInteger(MaxAttempts) && MaxAttempts >= 0 && MaxAttempts <= 99_999_999) ||
    !(BackoffRate >= 1) ||
    !(MaxDelaySeconds === undefined || (Number.isInteger(MaxDelaySeconds) && MaxDelaySeconds > IntervalSeconds)) ||
    !(JitterStrategy === undefined || features.jitter.includes(JitterStrategy))
  );
}

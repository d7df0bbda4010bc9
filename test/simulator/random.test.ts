import { expect, test } from '@jest/globals';
import { createRandom, createStreams, type Random } from '../../simulator/random.ts';

test('the streams of a seed are those that a number at the end of the seed gives', () => {
  const next = createStreams(7, 'CopyImage eu-west-1');
  const first = (random: Random) => [random.next(), random.next()];
  for (let ordinal = 1; ordinal <= 12; ordinal++)
    expect(first(next())).toEqual(first(createRandom(7, 'CopyImage eu-west-1', ordinal)));
});

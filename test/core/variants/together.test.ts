import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  abandoned,
  advanced,
  behind,
  isPublished,
  newTogether,
  type Together,
} from '../../../core/variants/together.ts';
import { differingWholes } from '../../../core/variants/whole-moves.ts';

const names = ['base-x86_64', 'base-arm64', 'base-gpu'];
const fresh = newTogether(
  { recipe: 'base', build: '20261123-030000-0000' },
  'all',
  names.map((name) => ({ name, execution: name })),
);
const steps = ['verified', 'ready', 'written', 'up-to-date'] as const;

test('all are published once each has written its channel or is up to date, and not before', () => {
  const two = advanced(advanced(fresh, 'base-x86_64', 'written'), 'base-gpu', 'up-to-date');
  expect([isPublished(two), behind(two, 'ready')]).toEqual([false, ['base-arm64']]);
  expect(isPublished(advanced(two, 'base-arm64', 'ready'))).toBe(false);
  expect(isPublished(advanced(two, 'base-arm64', 'written'))).toBe(true);
});

test('whatever is reported in whatever order: what is published stays published, and what was given up is never published', () => {
  const event = fc.oneof(
    fc.record({ name: fc.constantFrom(...names), step: fc.constantFrom(...steps) }),
    fc.constant('given up' as const),
  );
  fc.assert(
    fc.property(fc.array(event, { maxLength: 20 }), (events) => {
      let [together, published]: [Together, boolean] = [fresh, false];
      for (const one of events) {
        together = one === 'given up' ? abandoned(together, 'why') : advanced(together, one.name, one.step);
        expect(isPublished(together)).toBe(published || isPublished(together));
        expect(isPublished(together) && together.abandoned !== undefined).toBe(false);
        published = isPublished(together);
      }
    }),
    { numRuns: 200 },
  );
});

test('of builds whose images are the same, the one that made them stays, and the one that is named', () => {
  const whole = (build: string, published: Record<string, string>): Together =>
    Object.entries(published).reduce<Together>(
      (one, [name, kept]) =>
        kept === build ? advanced(one, name, 'written') : advanced(one, name, 'up-to-date', { published: kept }),
      newTogether(
        { recipe: 'base', build },
        build,
        Object.keys(published).map((name) => ({ name, execution: build })),
      ),
    );
  const wholes = [
    whole('4', { x86_64: '2', arm64: '1' }),
    whole('3', { arm64: '1', x86_64: '2' }),
    whole('2', { x86_64: '2', arm64: '1' }),
    whole('1', { x86_64: '1', arm64: '1' }),
  ];
  expect(differingWholes(wholes).map(({ build }) => build)).toEqual(['2', '1']);
  expect(differingWholes(wholes, '3').map(({ build }) => build)).toEqual(['3', '2', '1']);
});

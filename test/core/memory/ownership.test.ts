import { expect, test } from '@jest/globals';
import type { Failure } from '../../../core/errors.ts';
import type { BuildLock, Lock } from '../../../core/memory/documents.ts';
import { decideClaim, decideHold, refuseLost, tooLate } from '../../../core/memory/ownership.ts';

const identity = { recipe: 'base', build: '20261123-030000-0000' };
const arn = (machine: string, name: string) =>
  `arn:aws:states:us-east-1:111122223333:execution:golden-image-prod-${machine}:${name}`;
const [mine, other, third] = [arn('build-image', 'mine'), arn('build-image', 'other'), arn('build-image', 'third')];
const [cleanUp, sweep] = [arn('clean-up-build', 'c'), arn('sweep', 's')];
const by = (execution: string, cleansUpAfter?: string): BuildLock => ({
  execution,
  build: identity.build,
  ...(cleansUpAfter !== undefined && { cleansUpAfter }),
});

/** What a decision comes to, a failure as its name and message. */
function told(decide: () => unknown): unknown {
  try {
    return decide();
  } catch (error) {
    const { name, message } = error as Failure;
    return `${name}: ${message}`;
  }
}

test.each<[string, 'lock' | 'owner', BuildLock | undefined, boolean | undefined, unknown]>([
  ['a lock that nobody holds is taken', 'lock', undefined, undefined, 'take'],
  ['a repeated call has it already', 'lock', by(mine), undefined, 'held'],
  ['whether another holder runs must be looked up', 'lock', by(other), undefined, { ask: other }],
  ['the lock of an ended execution is taken over', 'lock', by(other), false, 'take'],
  [
    'a recipe that another execution builds is busy',
    'lock',
    by(other),
    true,
    `RecipeBusy: base is being built by ${other} (build ${identity.build}); start again when it has ended, or stop it`,
  ],
  [
    'a build that is being cleaned up is busy',
    'owner',
    by(cleanUp, other),
    true,
    `RecipeBusy: ${identity.build} of base is being cleaned up by ${cleanUp}; start again when it has ended`,
  ],
  ['a build whose clean-up has ended is taken over', 'owner', by(cleanUp, other), false, 'take'],
  [
    'a swept build cannot be resumed',
    'owner',
    by(sweep, other),
    false,
    `RecipeInvalid: build: ${identity.build} was swept by ${sweep}; start the recipe without "build"`,
  ],
  [
    'a published build of which a sweep took remains goes on',
    'owner',
    { ...by(sweep, other), published: true },
    false,
    'take',
  ],
])('starting a build: %s', (_, name, holder, alive, decision) => {
  expect(told(() => decideHold(name, identity, mine, holder, alive))).toEqual(decision);
});

test('who comes too late to a lock comes again', () => {
  expect(tooLate('lock', identity)).toMatchObject({
    name: 'AwsTransient',
    message: 'another execution was faster to start building base',
  });
  expect(tooLate('owner', identity).message).toBe(`another execution was faster to get at ${identity.build} of base`);
});

test.each<[string, Lock | undefined, Lock | undefined, string]>([
  ['an execution that holds both goes on', by(mine), by(mine), 'undefined'],
  ['locks that are not there are not lost', undefined, undefined, 'undefined'],
  [
    'it ends if a clean-up took its build',
    by(cleanUp, mine),
    by(mine),
    `RecipeBusy: ${cleanUp} took ${identity.build} of base over`,
  ],
  ['it ends if another execution took its recipe', by(mine), by(other), `RecipeBusy: ${other} took base over`],
])('making something: %s', (_, owner, lock, outcome) => {
  expect(String(told(() => refuseLost(identity, mine, { owner, lock })))).toContain(outcome);
});

const itself = { id: mine, as: mine };
const outside = { id: mine, as: cleanUp };
test.each<
  [string, { id: string; as: string; published?: boolean }, BuildLock | undefined, boolean | undefined, unknown]
>([
  ['an execution that was never let into the build undoes nothing', itself, undefined, undefined, 'nobody'],
  ['an execution undoes its own build', itself, by(mine), undefined, 'ours'],
  ['but not if another execution was let in after it', itself, by(other), undefined, 'other'],
  ['a clean-up must know whether the execution runs', outside, by(mine), undefined, { ask: mine }],
  ['it takes the build of a dead execution', outside, by(mine), false, { take: by(cleanUp, mine) }],
  ['it leaves the build of an execution that was redriven', outside, by(mine), true, 'running'],
  ['it has the build already when its call is repeated', outside, by(cleanUp, mine), undefined, 'ours'],
  ['it leaves the build to a clean-up that runs', outside, by(arn('clean-up-build', 'd'), mine), true, 'other'],
  [
    'it takes the build over from a clean-up that ended',
    outside,
    by(arn('clean-up-build', 'd'), mine),
    false,
    { take: by(cleanUp, mine) },
  ],
  [
    "it leaves the clean-up of another execution's end alone",
    outside,
    by(cleanUp.concat('2'), third),
    undefined,
    'other',
  ],
  [
    'a sweep takes over after a clean-up, and remembers who died',
    { id: cleanUp, as: sweep },
    by(cleanUp, mine),
    false,
    { take: by(sweep, mine) },
  ],
  [
    'a sweep of a published build says so',
    { id: cleanUp, as: sweep, published: true },
    by(cleanUp, mine),
    false,
    { take: { ...by(sweep, mine), published: true } },
  ],
  [
    'a redriven execution takes its build back from its dead clean-up, and cleans up after nobody',
    itself,
    by(cleanUp, mine),
    false,
    { take: by(mine) },
  ],
])('undoing a build: %s', (_, cleaningUp, owner, alive, decision) => {
  expect(decideClaim(cleaningUp, identity, owner, alive)).toEqual(decision);
});

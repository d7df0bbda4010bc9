import { expect, test } from '@jest/globals';
import { keyPairProblems } from '../../../../core/recipe/builder/key-pair.ts';

test.each<[string, { type: string } | null | undefined, boolean, string[]]>([
  ['a key pair of rsa', { type: 'rsa' }, true, []],
  ['none that could be looked at', undefined, true, []],
  ['one of ed25519 on Linux', { type: 'ed25519' }, false, []],
  [
    'one of ed25519 on Windows',
    { type: 'ed25519' },
    true,
    ['admin is of the type ed25519, and EC2 takes only rsa for Windows'],
  ],
  [
    'one that EC2 does not know',
    null,
    false,
    ['there is no key pair admin in us-east-1; create or import it there, or correct the name'],
  ],
])('%s is judged before the build', (_what, found, windows, messages) => {
  const recipe = { builder: { candidateKeyPair: 'admin' } } as Parameters<typeof keyPairProblems>[0];
  const keyPair = found === undefined ? { refused: 'denied' } : { found };
  const facts = { region: 'us-east-1', keyPair, source: { windows } } as Parameters<typeof keyPairProblems>[1];
  expect(keyPairProblems(recipe, facts)).toEqual(
    messages.map((message) => ({ path: ['builder', 'candidateKeyPair'], message })),
  );
});

import { expect, test } from '@jest/globals';
import { parseRecipe } from '../../../../core/recipe/recipe.ts';
import { full, scripts } from '../../../bad-input/full-recipe.ts';

const account = '444455556666';
const { launchTemplate: _, ...target } = full.distribute[0]!;
const { publish: __, ...unpublished } = full;

/** The problems of a recipe with these copies in other accounts, as `path: message`. */
function problemsOf(copyTo: unknown, changes: object = {}): string[] {
  const document = { ...full, distribute: [{ ...target, copyTo }], ...changes };
  const { problems = [] } = parseRecipe(document, scripts) as { problems?: { path: unknown[]; message: string }[] };
  return problems.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

test.each<[string, unknown, RegExp]>([
  ['an account without quotes', [{ account: 444455556666 }], /^distribute\.0\.copyTo\.0\.account: .*in quotes/],
  [
    'an account twice',
    [{ account }, { account }],
    /^distribute\.0\.copyTo\.1\.account: 444455556666 already gets a copy/,
  ],
  ['a role of another name', [{ account, role: 'admin' }], /^distribute\.0\.copyTo\.0\.role: .*golden-copy-target/],
  ['a short external id', [{ account, externalId: 'x' }], /^distribute\.0\.copyTo\.0\.externalId: /],
  ['no copies at all', [], /^distribute\.0\.copyTo: /],
  [
    'a key of another region',
    [{ account, kmsKey: 'arn:aws:kms:eu-west-1:444455556666:key/12345678-1234-1234-1234-123456789012' }],
    /^distribute\.0\.copyTo\.0\.kmsKey: is a key in eu-west-1, but the target is us-east-1$/,
  ],
  [
    'a shared copy under the AWS-managed key',
    [{ account, kmsKey: 'alias/aws/ebs', accounts: ['777788889999'] }],
    /^distribute\.0\.copyTo\.0\.kmsKey: alias\/aws\/ebs is the AWS-managed key/,
  ],
  ['an unknown key', [{ account, region: 'eu-west-1' }], /^distribute\.0\.copyTo\.0/],
])('%s is refused', (_name, copyTo, says) => {
  expect(problemsOf(copyTo)).toContainEqual(expect.stringMatching(says));
});

test('a parameter needs a channel', () => {
  const document = { ...unpublished, distribute: [{ ...target, copyTo: [{ account, publish: true }] }] };
  const { problems = [] } = parseRecipe(document, scripts) as { problems?: { path: unknown[]; message: string }[] };
  expect(problems.map(({ path, message }) => `${path.join('.')}: ${message}`)).toContainEqual(
    expect.stringMatching(/^distribute\.0\.copyTo\.0\.publish: is true, but the recipe has no publish\.channel/),
  );
});

test('copies in 101 accounts are too many', () => {
  const copies = (from: number, to: number) =>
    Array.from({ length: to - from }, (_one, index) => ({ account: String(100_000_000_000 + from + index) }));
  const distribute = [copies(0, 40), copies(40, 80), copies(80, 101)].map((copyTo, index) => ({
    ...target,
    ...(index > 0 && { id: `copy-${index}` }),
    kmsKey: 'alias/golden',
    copyTo,
  }));
  expect(problemsOf([], { distribute })).toContainEqual(
    expect.stringMatching(/^distribute\.2\.copyTo: makes copy 101 of 101/),
  );
});

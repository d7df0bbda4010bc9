import { expect, test } from '@jest/globals';
import { formatPath, formatProblems, parseRecipe } from '../../../../core/recipe/recipe.ts';
import { parseComponent } from '../../../../core/recipe/component/component-document.ts';
import { carriedKey, carriedText } from '../../../../core/recipe/steps/carried.ts';
import { agentComponent } from '../../../bad-input/full-recipe.ts';
import { recipe } from '../../../support/pipeline.ts';

const step = (more: object = {}) => ({ name: 'a', action: 'ExecuteBash', inputs: { commands: ['true'] }, ...more });
const of = (more: object) => ({ schemaVersion: 1.0, phases: [{ name: 'build', steps: [step()] }], ...more });
const building = (...steps: object[]) => of({ phases: [{ name: 'build', steps }] });

const wrongs = (document: unknown) =>
  (parseComponent(document).problems ?? []).map(({ path, message }) => `${formatPath(path)}: ${message}`);

test.each<[string, unknown]>([
  ['the least', of({})],
  [
    'all that a document can have',
    of({
      name: 'x',
      description: 'y',
      schemaVersion: '1.0',
      parameters: [{ Source: { type: 'string', default: 'a', description: 'b' } }],
      constants: [{ Other: { type: 'string', value: 'c' } }],
      phases: [
        {
          name: 'build',
          steps: [
            step({ timeoutSeconds: -1, onFailure: 'Continue', maxAttempts: 3 }),
            { name: 'up', action: 'UpdateOS' },
          ],
        },
        { name: 'validate', steps: [step({ loop: { name: 'l', forEach: ['x'] } })] },
        {
          name: 'test',
          steps: [step({ loop: { for: { start: 1, end: 3, updateBy: 1 } }, if: { stringIsEmpty: '' } })],
        },
        { name: 'container-host-test', steps: [step({ loop: { forEach: { list: 'a,b', delimiter: ',' } } })] },
      ],
    }),
  ],
  [
    'one with values that YAML reads as numbers',
    of({
      name: 7,
      description: 2026,
      schemaVersion: 1,
      parameters: [{ Port: { type: 'string', default: 8080 } }],
      constants: [{ Enabled: { type: 'string', value: true } }],
      phases: [{ name: 'build', steps: [step({ loop: { forEach: [1, 2] } })] }],
    }),
  ],
  [
    'one with conditions in both forms',
    building(
      step({ if: { binaryExists: 'dnf', else: 'Skip' } }),
      step({ name: 'b', if: [{ and: [{ stringEquals: 'a', value: '{{ build.a.outputs.stdout }}' }] }] }),
      step({ name: 'c', action: 'ExecuteDocument', inputs: { document: 's3://x/y.yml' } }),
    ),
  ],
])('%s is a component document', (_, document) => {
  expect(wrongs(document)).toEqual([]);
});

test.each<[string, unknown, string[]]>([
  ['no document', undefined, [': is required']],
  ['a list', [], [': must be a map, got a list']],
  ['another version', of({ schemaVersion: 2 }), ['schemaVersion: must be 1.0']],
  ['no phases', of({ phases: [] }), ['phases: must have at least 1 in the list, got 0']],
  ['an unknown key', of({ phase: [] }), ['phase: is not a key here; did you mean phases?']],
  [
    'an unknown action',
    building(step({ action: 'ExecuteBsh' })),
    [
      expect.stringMatching(
        /^phases\[0\]\.steps\[0\]\.action: must be one of .*, got "ExecuteBsh"; did you mean ExecuteBash\?$/,
      ) as unknown as string,
    ],
  ],
  [
    'a wrong time',
    building(step({ timeoutSeconds: 0 })),
    ['phases[0].steps[0].timeoutSeconds: must be more than 0, or -1 for no limit'],
  ],
  ['a step twice', building(step(), step()), ['phases[0].steps[1].name: a is already used']],
  [
    'a variable twice',
    of({ parameters: [{ abc: { type: 'string' } }], constants: [{ abc: { type: 'string', value: 'x' } }] }),
    ['constants[0]: abc is already used'],
  ],
  [
    'no phase of ours',
    of({ phases: [{ name: 'other', steps: [step()] }] }),
    ['phases: must have at least one of the phases build, validate and test'],
  ],
  [
    'several wrongs at once',
    of({
      schemaVersion: 3,
      phases: [{ name: 'build', steps: [{ name: 'a', action: 'ExecuteBash', onFailure: 'abort' }] }],
    }),
    [
      'schemaVersion: must be 1.0',
      'phases[0].steps[0].onFailure: must be one of Abort, Continue, Ignore, got "abort"; did you mean Abort?',
    ],
  ],
])('%s is refused at its path', (_, document, problems) => {
  expect(wrongs(document)).toEqual(problems);
});

const file = 'components/x.yml';
function said(
  document: unknown,
  { provision = [{ component: { file } }], checks = [] }: { provision?: object[]; checks?: object[] } = {},
) {
  const scripts = {
    [carriedKey(file)]: carriedText({ sha256: 'a'.repeat(64), bytes: 9, folder: false, component: document }),
  };
  return formatProblems(parseRecipe({ ...recipe, provision, checks }, scripts).problems ?? [], () => undefined).split(
    '\n',
  );
}
const using = (parameters: object) => ({
  provision: [{ component: { file, parameters } }],
  checks: [{ name: 'c', component: { file, parameters } }],
});

test('problems of a document are told with the file, once', () => {
  expect(said(of({ schemaVersion: 2 }), using({}))).toEqual([
    'provision[0].component.file: components/x.yml schemaVersion: must be 1.0',
  ]);
});

test('a phase test runs in a check, and each place has a phase that it runs', () => {
  expect(said(agentComponent, { provision: [{ component: { file, parameters: { Version: '1' } } }] })).toEqual([
    'provision[0].component.file: components/x.yml has a phase test, which runs on the candidate: add a check with component: { file: components/x.yml }',
  ]);
  expect(said(agentComponent, using({ Version: '1' }))).toEqual(['']);
  expect(said(of({}), using({}))).toEqual([
    'checks[0].component.file: components/x.yml has no phase test, and a check runs no other',
  ]);
  expect(said(of({ phases: [{ name: 'test', steps: [step()] }] }), using({}))).toEqual([
    'provision[0].component.file: components/x.yml has no phase build or validate, and a step runs no other',
  ]);
});

test('parameters are those of the document', () => {
  expect(said(agentComponent, using({ Verson: '1', secret: 'AKIAIOSFODNN7EXAMPLE' })).slice(0, 4)).toEqual([
    'provision[0].component.parameters.Verson: is no parameter of components/x.yml; did you mean Version?',
    'provision[0].component.parameters.secret: is no parameter of components/x.yml; it has Version',
    expect.stringContaining('provision[0].component.parameters.secret: contains'),
    'provision[0].component: needs parameters.Version, which has no default in components/x.yml',
  ]);
});

test('actions are for the operating system of the recipe', () => {
  const onWindows = building({ name: 'a', action: 'ExecutePowerShell', inputs: {} });
  expect(said(onWindows, { provision: [{ run: 'true' }, { component: { file } }] })).toEqual([
    'provision[1].component: is for Windows, but provision[0] is for Linux; a builder is one operating system',
  ]);
  expect(said(onWindows)).toEqual(['']);
});

test('an ARN is told how to become a file', () => {
  const arn = 'arn:aws:imagebuilder:us-east-1:aws:component/update-linux/x.x.x';
  expect(said(of({}), { provision: [{ component: { file: arn } }] })).toContain(
    `provision[0].component.file: is an ARN: save the document beside the recipe, so that Git has it: aws imagebuilder get-component --component-build-version-arn ${arn} --query component.data --output text`,
  );
});

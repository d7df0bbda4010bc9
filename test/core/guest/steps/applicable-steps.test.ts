import { expect, test } from '@jest/globals';
import { foreignSteps, skippedSteps } from '../../../../core/guest/steps/applicable-steps.ts';
import { carriedKey, carriedText } from '../../../../core/recipe/steps/carried.ts';
import type { Step } from '../../../../core/recipe/types.ts';

const windows = { windows: true };
const linux = { windows: false };
const arm = { windows: false, architecture: 'arm64' };
const conditional: Step[] = [
  { name: 'intel', run: 'true', if: { architecture: 'x86_64' }, timeout: '1h' },
  { run: 'true', timeout: '1h' },
  { name: 'windows', powershell: 'exit 0', if: { platform: 'windows' }, timeout: '1h' },
  { reboot: true, if: { platform: 'linux', architecture: 'arm64' }, timeout: '1h' },
];

test('steps of the other operating system are found', () => {
  const steps: Step[] = [
    { run: 'true', timeout: '1h' },
    { script: 'a.ps1', timeout: '1h' },
    { powershell: 'x', timeout: '1h' },
    { reboot: true, timeout: '1h' },
  ];
  expect(foreignSteps(steps, linux, {}).map(({ index }) => index)).toEqual([1, 2]);
  expect(foreignSteps(steps, windows, {}).map(({ index }) => index)).toEqual([0]);
});

test('a step that is not sent is told with the reason, and it is not foreign', () => {
  expect(skippedSteps({ provision: conditional, checks: [] }, arm)).toEqual([
    { list: 'provision', name: 'intel', because: 'it is for x86_64, and the source image is arm64' },
    { list: 'provision', name: 'windows', because: 'it is for windows, and the source image is linux' },
  ]);
  expect(foreignSteps(conditional, arm, {})).toEqual([]);
  expect(foreignSteps(conditional, { windows: true, architecture: 'x86_64' }, {}).map(({ index }) => index)).toEqual([
    0, 1,
  ]);
});

test.each([
  [['ExecutePowerShell'], linux, [0]],
  [['ExecutePowerShell'], windows, []],
  [['ExecuteBash', 'CreateFile'], windows, [0]],
  [['CreateFile', 'CreateSymlink', 'UpdateOS'], windows, []],
  [['ExecuteBash', 'ExecutePowerShell'], windows, []],
])('a component with %j on %j', (used, system, foreign) => {
  const steps = used.map((action) => ({ name: action, action, inputs: {} }));
  const component = { schemaVersion: 1, phases: [{ name: 'build', steps }] };
  const scripts = {
    [carriedKey('components/x.yml')]: carriedText({ sha256: 'a', bytes: 1, folder: false, component }),
  };
  const step: Step = { component: { file: 'components/x.yml' }, timeout: '1h' };
  expect(foreignSteps([step], system, scripts).map(({ index }) => index)).toEqual(foreign);
});

import * as z from 'zod/mini';
import { duration, formed, label, pathBelow, text } from './scalars.ts';
import { component } from './component/component-keys.ts';
import { ansible } from './steps/ansible.ts';
import { files } from './steps/files.ts';
import { attemptKeys } from './steps/attempts.ts';
import { stepSecrets } from './steps/secrets.ts';
import { surroundingKeys } from './steps/surroundings.ts';

export const stepKinds = [
  'run',
  'script',
  'powershell',
  'files',
  'ansible',
  'component',
  'document',
  'reboot',
] as const;
export const checkKinds = ['run', 'script', 'powershell', 'component'] as const;

const timeout = (otherwise: string) =>
  z.exactOptional(
    duration('30s', '48h').check(z.describe(`Longest time it may run, 30s to 48h. Default ${otherwise}.`)),
  );

const scriptPath = pathBelow('scripts/harden.sh').check(
  formed(/\.(sh|ps1)$/, 'end in .sh or .ps1'),
  z.describe("Script beside the recipe, .sh or .ps1, by its path below the recipe's folder."),
);

const shells = {
  run: z.exactOptional(text.check(z.describe('Shell commands, run by bash with set -euo pipefail.'))),
  script: z.exactOptional(scriptPath),
  powershell: z.exactOptional(text.check(z.describe('PowerShell commands. They stop at the first error.'))),
};

export const step = z
  .strictObject({
    name: z.exactOptional(label.check(z.describe('Unique name of the step in logs and errors.'))),
    ...shells,
    files: z.exactOptional(files),
    ansible: z.exactOptional(ansible),
    component: z.exactOptional(component),
    document: z.exactOptional(
      z
        .string()
        .check(
          z.regex(
            /^([\w.:/-]{3,128})$/,
            'must be the name or ARN of an SSM command document, such as AWS-ConfigureAWSPackage',
          ),
          z.describe('SSM command document to run.'),
        ),
    ),
    version: z.exactOptional(
      z
        .string()
        .check(
          z.regex(/^([1-9]\d{0,8}|\$DEFAULT|\$LATEST)$/, 'must be a version number in quotes, $DEFAULT or $LATEST'),
          z.describe('Version of the document.'),
        ),
    ),
    parameters: z.exactOptional(
      z
        .record(z.string(), z.array(z.string()))
        .check(z.describe('Parameters of the document. Each value is a list of strings.')),
    ),
    reboot: z.exactOptional(z.literal(true).check(z.describe('Reboot the builder and wait until it is back.'))),
    ...surroundingKeys,
    secrets: z.exactOptional(stepSecrets),
    ...attemptKeys,
    timeout: timeout('1h; 15m for reboot'),
  })
  .check(
    z.describe('One step: exactly one of run, script, powershell, files, ansible, component, document and reboot.'),
    z.meta({ oneOf: stepKinds.map((kind) => ({ required: [kind] })) }),
  );

export const check = z
  .strictObject({
    name: label.check(z.describe('What the check checks, as a unique name.')),
    ...shells,
    component: z.exactOptional(component),
    ...surroundingKeys,
    timeout: timeout('10m'),
  })
  .check(
    z.describe('One check: exactly one of run, script, powershell and component. Exit code 0 is a pass.'),
    z.meta({ oneOf: checkKinds.map((kind) => ({ required: [kind] })) }),
  );

type Timed<T> = Omit<T, 'timeout'> & { timeout: string };

/** Steps and checks in the form that later stages use, always with a timeout. */
export const timedStep = (given: z.infer<typeof step>): Timed<z.infer<typeof step>> => ({
  ...given,
  ...(given.document !== undefined && { parameters: given.parameters ?? {} }),
  timeout: given.timeout ?? (given.reboot ? '15m' : '1h'),
});
export const timedCheck = (given: z.infer<typeof check>): Timed<z.infer<typeof check>> => ({
  ...given,
  timeout: given.timeout ?? '10m',
});

import { casesOf } from '../recipe-cases.ts';

const secretArn = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:db';
const run = 'run: dnf -y upgrade';
const step = (keys: string) => `${run}\n    ${keys}`;
const toWindows = (keys: string) =>
  `provision: [{ powershell: exit 0, ${keys} }]\nchecks: [{ name: up, powershell: exit 0 }]\ndistribute:`;
const both = `provision:\n  - name: patch\n    ${run}\nchecks:\n  - name: up\n    run: 'true'\ndistribute:`;

casesOf([
  [
    'a variable has the name of one',
    run,
    step('env: { ¦MY-VAR: x }'),
    'provision[0].env.MY-VAR: the key must be the name of an environment variable: letters, digits and _, got "MY-VAR"',
  ],
  [
    'bash sets some variables itself',
    'provision:',
    'env: { ¦UID: x }\nprovision:',
    'env.UID: the key must be a variable that bash lets a program set, got "UID"',
  ],
  [
    'a number is no text',
    run,
    step('env: { ¦PORT: 8080 }'),
    'provision[0].env.PORT: must be text, got the number 8080; put it in quotes',
  ],
  [
    'a document has parameters of its own',
    run,
    `document: AWS-X\n    ¦env: { A: x }\n    ¦workingDirectory: /opt\n    ¦user: app`,
    'provision[0].env: goes with run, script or powershell only',
    'provision[0].workingDirectory: goes with run, script or powershell only',
    'provision[0].user: goes with run, script or powershell only',
  ],
  [
    'a reboot has no surroundings',
    run,
    'reboot: true\n    ¦env: { A: x }',
    'provision[0].env: goes with run, script or powershell only',
  ],
  ['the variables of the recipe are for its scripts, so a document needs none', run, 'document: AWS-X\nenv: { A: x }'],
  [
    'variables have a limit together',
    run,
    `${step(`¦env: { A: ${'a'.repeat(4000)} }`)}\nenv: { B: ${'b'.repeat(4000)} }`,
    "provision[0].env: is 8006 bytes with the recipe's env, and 8000 is the most",
  ],
  [
    'a folder is absolute',
    run,
    step('¦workingDirectory: app'),
    'provision[0].workingDirectory: must be an absolute path, such as /opt/app or C:\\app, got "app"',
  ],
  [
    'a folder is one of the system',
    run,
    step('¦workingDirectory: C:\\app'),
    'provision[0].workingDirectory: must be a path of Linux, such as /opt/app',
  ],
  [
    'a user has a name',
    run,
    step('¦user: a b'),
    'provision[0].user: must be the name of a user, such as ubuntu, got "a b"',
  ],
  [
    'Windows starts nobody else',
    both,
    toWindows('¦user: app'),
    'provision[0].user: goes with Linux only: Windows starts a program as another user only with a password; register a scheduled task in the step',
  ],
  [
    'on Windows a name is a name in any case',
    both,
    toWindows('env: { Path: x, ¦PATH: y }'),
    'provision[0].env.PATH: is the variable Path on Windows',
  ],
  [
    'on Windows a secret has a name of its own, too',
    both,
    toWindows('env: { Path: x }, secrets: { ¦PATH: /builders/path }'),
    'provision[0].secrets.PATH: is the variable Path on Windows',
  ],
  ['on Linux both spellings of a proxy are usual', run, step('env: { http_proxy: x, HTTP_PROXY: x }')],
  [
    'a secret has the name of a parameter or of Secrets Manager',
    run,
    step('secrets: { ¦TOKEN: token }'),
    'provision[0].secrets.TOKEN: must be the name of a SecureString parameter, such as /builders/token, or secret: and a name or whole ARN of Secrets Manager, such as secret:prod/db or, for a key of its JSON, secret:prod/db:password, got "token"',
  ],
  [
    'a secret may have a key, a label and a version',
    run,
    step('secrets: { A: "secret:prod/db:password:AWSPREVIOUS:" }'),
  ],
  [
    'a secret may have an ARN, and a key behind it',
    run,
    step(`secrets: { A: "secret:${secretArn}-AbCdEf:password::" }`),
  ],
  [
    'the ARN of a secret ends in six characters of its own',
    run,
    step(`secrets: { ¦A: "secret:${secretArn}" }`),
    `provision[0].secrets.A: must be the name of a SecureString parameter, such as /builders/token, or secret: and a name or whole ARN of Secrets Manager, such as secret:prod/db or, for a key of its JSON, secret:prod/db:password, got "secret:${secretArn}"`,
  ],
  [
    'a variable has one value',
    run,
    step('env: { TOKEN: x }\n    secrets: { ¦TOKEN: /builders/token }'),
    'provision[0].secrets.TOKEN: is also a variable of env, of the step or of the recipe',
  ],
  [
    'a reboot has no secrets',
    run,
    'reboot: true\n    ¦secrets: { TOKEN: /builders/token }',
    'provision[0].secrets: goes with run, script or powershell only',
  ],
  [
    'a check has no secrets',
    "run: 'true'",
    "run: 'true'\n    ¦secrets: { TOKEN: /builders/token }",
    'checks[0].secrets: is not a key here; known are name, run, script, powershell, component, if, env, workingDirectory, user, timeout',
  ],
  [
    'a reboot that fails has failed',
    run,
    'reboot: true\n    ¦retry: { attempts: 2 }\n    ¦onFailure: continue',
    'provision[0].retry: does not go with reboot',
    'provision[0].onFailure: does not go with reboot',
  ],
  [
    'a step is tried at most ten times',
    run,
    step('retry: { ¦attempts: 11 }'),
    'provision[0].retry.attempts: must be at most 10, got the number 11',
  ],
  ['a condition says something', run, step('¦if: {}'), 'provision[0].if: must have platform, architecture or both'],
  [
    'a condition that never holds is refused',
    run,
    step('if: { ¦platform: windows }'),
    'provision[0].if.platform: is windows, where the step cannot run: it is for Linux',
  ],
  [
    'an architecture is one that EC2 has',
    run,
    step('if: { ¦architecture: riscv64 }'),
    'provision[0].if.architecture: must be one of x86_64, arm64, got "riscv64"',
  ],
  [
    'a recipe for two systems says at each step which one it is for',
    run,
    `${step('if: { platform: linux }')}\n  - powershell: exit 0\n    if: { platform: windows }`,
  ],
  [
    'variables are no place for secrets',
    run,
    step('env: { ¦KEY: AKIAIOSFODNN7EXAMPLE }'),
    'provision[0].env.KEY: contains an AWS access key id, which everybody may read who may read the recipe',
  ],
]);

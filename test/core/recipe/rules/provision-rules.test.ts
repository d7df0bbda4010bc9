import { base, casesOf, type RecipeCase } from '../recipe-cases.ts';

const run = 'run: dnf -y upgrade';

casesOf([
  [
    'a step does one thing',
    `- name: patch\n    ${run}`,
    `- ¦name: patch\n    ${run}\n    reboot: true`,
    'provision[0]: needs exactly one of run, script, powershell, files, ansible, component, document, reboot; it has run and reboot',
  ],
  [
    'a step does something',
    `- name: patch\n    ${run}`,
    '- ¦name: patch',
    'provision[0]: needs exactly one of run, script, powershell, files, ansible, component, document, reboot; it has none',
  ],
  [
    'a check does one thing',
    "- name: up\n    run: 'true'",
    '- ¦name: up',
    'checks[0]: needs exactly one of run, script, powershell, component; it has none',
  ],
  [
    'a check does not reboot',
    "run: 'true'",
    "run: 'true'\n    ¦reboot: true",
    'checks[0].reboot: is not a key here; known are name, run, script, powershell, component, if, env, workingDirectory, user, timeout',
  ],
  ['reboot is true or absent', run, '¦reboot: false', 'provision[0].reboot: must be true, got false'],
  [
    'parameters are for documents',
    run,
    `${run}\n    ¦parameters: {}`,
    'provision[0].parameters: goes with document only, not with run',
  ],
  [
    'a document does not run longer than its step',
    'run: dnf -y upgrade',
    "document: AWS-RunShellScript\n    parameters: { commands: [date], ¦executionTimeout: ['7200'] }",
    'provision[0].parameters.executionTimeout: is 2h, but the pipeline gives up on the step after its timeout of 1h; say timeout: 7200s instead',
  ],
  [
    'a parameter is a list',
    run,
    'document: AWS-X\n    parameters: { ¦action: Install }',
    'provision[0].parameters.action: must be a list, got "Install"',
  ],
  [
    'names of steps are unique in any case',
    run,
    `${run}\n  - ¦name: Patch\n    ${run}`,
    'provision[1].name: "Patch" is already the name of provision[0]',
  ],
  [
    'names of checks are unique',
    "run: 'true'",
    "run: 'true'\n  - ¦name: up\n    run: 'true'",
    'checks[1].name: "up" is already the name of checks[0]',
  ],
  [
    'a recipe is for one operating system',
    "run: 'true'",
    '¦powershell: exit 0',
    'checks[0].powershell: is for Windows, but provision[0] is for Linux; a builder is one operating system',
  ],
  [
    'a script of the other system is refused too',
    run,
    `${run}\n  - ¦script: scripts/setup.ps1`,
    'provision[1].script: is for Windows, but provision[0] is for Linux; a builder is one operating system',
  ],
  [
    'an image of Windows cannot be captured running',
    base.slice(base.indexOf('provision:'), base.indexOf('distribute:')),
    `provision: [{ powershell: x }]\nchecks: [{ name: up, powershell: x }]\nimage: { ¦capture: running }\n`,
    'image.capture: must be stopped for Windows: Sysprep, the last step, shuts the builder down',
  ],
  [
    'a missing script is told the one that was meant',
    run,
    '¦script: scripts/setpu.sh',
    "provision[0].script: there is no scripts/setpu.sh below the recipe's folder; did you mean scripts/setup.sh?",
  ],
  [
    'a script outside of the folder is refused',
    run,
    '¦script: ../setup.sh',
    `provision[0].script: must be a path below the recipe's folder such as scripts/harden.sh, without ./, ../ or a leading /, got "../setup.sh"`,
  ],
  [
    'a script by an absolute path is refused',
    run,
    '¦script: /etc/setup.sh',
    `provision[0].script: must be a path below the recipe's folder such as scripts/harden.sh, without ./, ../ or a leading /, got "/etc/setup.sh"`,
  ],
  [
    'a script ends in .sh or .ps1',
    run,
    '¦script: scripts/setup.py',
    'provision[0].script: must end in .sh or .ps1, got "scripts/setup.py"',
  ],
  ['an empty script is refused', run, '¦script: scripts/empty.sh', 'provision[0].script: scripts/empty.sh is empty'],
  [
    'bash takes no CR LF',
    run,
    '¦script: scripts/dos.sh',
    'provision[0].script: scripts/dos.sh has CR LF line ends, which bash does not understand; save it with LF',
  ],
  [
    'a script has at most 5 MB',
    run,
    '¦script: scripts/huge.sh',
    'provision[0].script: is 5000001 bytes, and a script has 5000000 at most; put the bulk into files',
  ],
  ['a script that SSM does not take goes through the bucket', run, 'script: scripts/big.sh'],
  [
    'a script that goes through the bucket takes at most 8h',
    run,
    'script: scripts/big.sh\n    ¦timeout: 9h',
    'provision[0].timeout: is more than the 8h of AWS-RunRemoteScript, which brings a script of 105000 bytes',
  ],
  ['a script of 120 kB fits, since it is compressed', run, 'script: scripts/long.sh'],
  [
    'parameters must fit into an SSM command',
    run,
    `document: AWS-X\n    ¦parameters: { action: ['${'x'.repeat(56_000)}'] }`,
    'provision[0].parameters: is 56015 bytes as JSON, SSM takes 56000 at most; split it, or fetch the bulk from S3 in the step',
  ],
  ['empty commands are refused', run, "¦run: ' '", 'provision[0].run: must not be empty'],
]);

casesOf(
  [
    ['an AWS access key id', `AKIA${'IOSFODNN7EXAMPLE'}`],
    ['an AWS secret access key', `aws_secret_access_key = ${'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'}`],
    ['a private key', `-----BEGIN RSA ${'PRIVATE KEY'}-----`],
    ['a GitHub token', `ghp_${'a1'.repeat(18)}`],
    ['a Slack token', `xoxb-${'1234567890-'.repeat(3)}`],
  ].flatMap(([what, secret]): RecipeCase[] => [
    [
      `${what} is refused in commands`,
      run,
      `¦run: echo '${secret}'`,
      `provision[0].run: contains ${what}, and Run Command shows its input to others; fetch it in the step from an SSM SecureString or Secrets Manager`,
    ],
    [
      `${what} is refused in parameters`,
      run,
      `document: AWS-X\n    ¦parameters: { x: ['${secret}'] }`,
      `provision[0].parameters: contains ${what}, and Run Command shows its input to others; fetch it in the step from an SSM SecureString or Secrets Manager`,
    ],
  ]),
);

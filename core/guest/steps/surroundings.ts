import { powerShellFindsDisks, shellFindsDisks } from './find-disks.ts';
import { powerShellQuoted, shellQuoted } from './quoted.ts';
import { secretsProgram } from './read-secrets.ts';
import { secretsScript } from './read-secrets-windows.ts';
import { secretQuestions } from './secret-questions.ts';
import type { GuestSystem, StepSurroundings } from '../../recipe/steps/surroundings.ts';

// Scripts that set the environment of a step and then start it. Their text is packed like the step's own script, so that SSM sees
// no value. Variables of these scripts are positional, since a recipe may set any name.

const shellExports = (env: Record<string, string>): string[] =>
  Object.entries(env).map(([name, value]) => `export ${name}=${shellQuoted(value)}`);

/**
 * For another user, root makes a folder for the script, since nobody else may enter the folder of the SSM agent. The user gets a
 * clean environment. Sanitize removes what an interrupted step leaves.
 */
const asUser = (user: string): string[] => [
  'if [ "$#" = 1 ]; then',
  `  getent passwd ${shellQuoted(user)} >/dev/null || { echo ${shellQuoted(`there is no user ${user} on this instance: an earlier step must add the user`)} >&2; exit 1; }`,
  '  command -v runuser >/dev/null || { echo "runuser is missing on this instance: it is in the package util-linux" >&2; exit 1; }',
  '  set -- "$1" "$(mktemp -d /var/lib/golden-step.XXXXXX)"',
  '  cp -- "$1" "$2/step"',
  `  chown -R -- ${shellQuoted(user)} "$2"`,
  `  set -- "$2" "$(getent passwd ${shellQuoted(user)} | cut -d: -f6)" "$(getent passwd ${shellQuoted(user)} | cut -d: -f7)"`,
  '  code=0',
  `  env -i HOME="$2" SHELL="\${3:-/bin/sh}" USER=${shellQuoted(user)} LOGNAME=${shellQuoted(user)} \\`,
  '    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG="${LANG:-C.UTF-8}" \\',
  '    DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 /bin/sh "$0" "$1/step" as-user || code=$?',
  '  rm -rf -- "$1"',
  '  exit "$code"',
  'fi',
  `set -- "$(command -v runuser)" -u ${shellQuoted(user)} -- "$1"`,
];

/** A step with what the guest must know beside its recipe. */
export interface Surrounded extends StepSurroundings, Pick<GuestSystem, 'region' | 'namedDisks'> {}

/** Where instances find their metadata and AWS. `SERVICE` stands for the service. */
interface SecretPlaces {
  metadata: string;
  endpoint: string;
}

const placesIn = (region: string): SecretPlaces => ({
  metadata: 'http://169.254.169.254',
  endpoint: `https://SERVICE.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}/`,
});

/** Lines that put the program which reads the secrets before the step. */
function withSecrets({ secrets = {}, region = '' }: Surrounded, places = placesIn(region)): string[] {
  if (Object.keys(secrets).length === 0) return [];
  const input = JSON.stringify([region, places.metadata, places.endpoint, secretQuestions(secrets)]);
  return [
    'set -- "$(command -v /usr/bin/python3 || command -v /usr/libexec/platform-python || command -v python3 || true)" "$@"',
    '[ -n "$1" ] || { echo "python3 is missing on this instance: a step with secrets needs it" >&2; exit 1; }',
    'python="$1"',
    'shift',
    `set -- "$python" -I -c ${shellQuoted(secretsProgram)} ${shellQuoted(input)} "$@"`,
  ];
}

const has = (map: object = {}): boolean => Object.keys(map).length > 0;

/** The shell script that starts a step in its surroundings: `begin <step>`. Undefined where there are none. */
export function shellBeginning(around: Surrounded, places?: SecretPlaces): string | undefined {
  const { env = {}, workingDirectory, user, secrets, namedDisks } = around;
  if (!has(env) && !has(secrets) && !has(namedDisks) && workingDirectory === undefined && user === undefined)
    return undefined;
  const home = user === undefined ? [] : ['cd -- "$HOME" 2>/dev/null || cd /'];
  return [
    '#!/bin/sh',
    'set -eu',
    ...(user === undefined ? [] : asUser(user)),
    ...(workingDirectory === undefined ? home : [`cd -- ${shellQuoted(workingDirectory)}`]),
    ...shellFindsDisks(namedDisks),
    ...withSecrets(around, places),
    ...shellExports(env),
    'exec "$@"',
    '',
  ].join('\n');
}

/** The same for PowerShell: `begin <step>`. A step with secrets runs in a process of its own, whose output is masked. */
export function powerShellBeginning(around: Surrounded): string | undefined {
  const { env = {}, workingDirectory, secrets = {}, region = '', namedDisks } = around;
  const lines = [
    ...(workingDirectory === undefined ? [] : [`Set-Location -LiteralPath ${powerShellQuoted(workingDirectory)}`]),
    ...powerShellFindsDisks(namedDisks),
    ...Object.entries(env).map(([name, value]) => `$env:${name} = ${powerShellQuoted(value)}`),
  ];
  if (has(secrets)) return secretsScript(secretQuestions(secrets), region, lines);
  return lines.length === 0 ? undefined : [...lines, '& $args[0]'].join('\r\n');
}

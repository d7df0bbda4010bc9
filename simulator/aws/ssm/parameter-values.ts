import type { SendCommandRequest } from '@aws-sdk/client-ssm';
import { gunzipSync } from 'node:zlib';
import type { SecretQuestion } from '../../../core/guest/steps/secret-questions.ts';
import { ApiError } from '../calls/actions.ts';

/**
 * A document may have 64 KB "including the content specified for input parameters at runtime" (API reference, CreateDocument,
 * Content). The simulator assumes that AWS's own documents use 2 KB of it.
 */
const parameterBytes = 62 * 1024;

/**
 * The values of parameters as a document sees them. SSM replaces `{{ssm:name}}` with Parameter Store values (Systems Manager user
 * guide, "Using Parameter Store parameters in commands"). Other text in double braces is undocumented. SSM refuses documents
 * whose placeholder names no parameter, so the simulator refuses such values.
 */
export function parameterValues(
  given: NonNullable<SendCommandRequest['Parameters']>,
  stored: (name: string) => string | undefined,
): Record<string, string[]> {
  const bytes = Buffer.byteLength(JSON.stringify(given));
  if (bytes > parameterBytes)
    throw new ApiError('MaxDocumentSizeExceeded', `The parameters have ${bytes} bytes; a document may have 64 KB.`);
  const seen = (value: string) =>
    value.replaceAll(/\{\{\s*([^{}]*?)\s*\}\}/g, (_, inner: string) => {
      const found = inner.startsWith('ssm:') ? stored(inner.slice(4)) : undefined;
      if (found === undefined) throw new ApiError('InvalidParameters', `Parameter "${inner}" is not defined.`);
      return found;
    });
  return Object.fromEntries(Object.entries(given).map(([name, values]) => [name, values.map(seen)]));
}

/** What a guest finally gets: the packed scripts of core/guest/packed-script.ts or of core/guest/remote, the step's own first, or the unchanged lines. */
function unpacked(commands: string[]): string[] {
  const lines = commands.join('\n');
  const found = lines.matchAll(
    /<<'PACKED'[^\n]*\n([^']*?)\nPACKED\n|FromBase64String\(@'\n([^']*)\n'@\)|(?:printf %s |FromBase64String\()'([^']*)'/g,
  );
  const scripts = [...found].map(([, shell = '', powershell = '', line = '']) =>
    gunzipSync(Buffer.from(shell + powershell + line, 'base64')).toString(),
  );
  return scripts.length > 0 ? scripts : [lines];
}

export const scriptIn = (commands: string[]): string => unpacked(commands)[0] ?? '';

/** The script that starts a step in its surroundings. Undefined where there is none. A script that comes from the bucket has only it. */
export function beginningIn(commands: string[]): string | undefined {
  const [own = '', beginning] = unpacked(commands);
  if (beginning !== undefined || !/^\$?object ?= ?/m.test(own)) return beginning;
  const [within] = unpacked([own]);
  return within === own ? undefined : within;
}

/** The secrets that a step reads, as its beginning asks for them. */
export function secretsIn(commands: string[]): SecretQuestion[] {
  const beginning = beginningIn(commands) ?? '';
  const [, shell] = / '(\["[^']*\])' "\$@"$/m.exec(beginning) ?? [];
  if (shell !== undefined) return (JSON.parse(shell) as [string, string, string, SecretQuestion[]])[3];
  const [, powershell = '[]'] = /^\$questions = ConvertFrom-Json -InputObject '([^']*)'/m.exec(beginning) ?? [];
  return JSON.parse(powershell) as SecretQuestion[];
}

/** The variables with disks that the beginning of a step looks for, each with the end of the disk's device. */
export function disksIn(commands: string[]): Record<string, string> {
  const beginning = beginningIn(commands) ?? '';
  const found = beginning.matchAll(/^(?:\$env:)?(GOLDEN_DISK_\w+) ?= ?(?:"\$\(find_disk |& \$findDisk ')([a-z]+)/gm);
  return Object.fromEntries([...found].map(([, variable = '', place = '']) => [variable, place]));
}

/** The variables that the beginning of a step sets. */
export function environmentIn(commands: string[]): Record<string, string> {
  const beginning = beginningIn(commands) ?? '';
  const shell = [...beginning.matchAll(/^export (\w+)='((?:[^']|'\\'')*)'$/gm)];
  const powershell = [
    ...beginning.matchAll(/^\uFEFF?\$env:(\w+) = '((?:[^'\u2018-\u201B]|(['\u2018-\u201B])\3)*)'\r?$/gm),
  ];
  return Object.fromEntries([
    ...shell.map(([, name, value = '']) => [name, value.replaceAll(String.raw`'\''`, "'")]),
    ...powershell.map(([, name, value = '']) => [name, value.replaceAll(/(['\u2018-\u201B])\1/g, '$1')]),
  ]);
}

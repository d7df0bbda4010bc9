import type { SendCommandRequest } from '@aws-sdk/client-ssm';
import { gunzipSync } from 'node:zlib';
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

/** The script that a guest finally runs: the script packed by core/guest/packed-script.ts, or the unchanged lines. */
export function scriptIn(commands: string[]): string {
  const lines = commands.join('\n');
  const [, shell, powershell] =
    /<<'PACKED'[^\n]*\n([^']*)\nPACKED\n|FromBase64String\(@'\n([^']*)\n'@\)/.exec(lines) ?? [];
  const base64 = shell ?? powershell;
  return base64 === undefined ? lines : gunzipSync(Buffer.from(base64, 'base64')).toString();
}

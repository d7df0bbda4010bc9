import { timeoutParameter } from '../../guest/document-timeout.ts';
import { durationOf, secondsOf } from '../../duration.ts';
import { commandBytes, fitsCommand, mostFittingBytes } from '../../guest/packed-script.ts';
import { longestRemoteSeconds } from '../../guest/remote/remote-command.ts';
import type { Step } from '../types.ts';
import { actions } from './provision-rules.ts';
import type { Rule } from './rule.ts';
import { secretIn } from './secrets.ts';

const utf8BytesOf = (text: string) => new TextEncoder().encode(text).length;
const bytesOf = (value: unknown) => utf8BytesOf(JSON.stringify(value));

/** Many functions read all scripts of a deployment. */
const mostScriptBytes = 5_000_000;

const texts = (action: Step, scripts: Record<string, string>): [key: 'run' | 'powershell' | 'script', text: string][] =>
  (['run', 'powershell', 'script'] as const).flatMap((key) => {
    const text = key === 'script' ? scripts[action.script ?? ''] : action[key];
    return text === undefined ? [] : [[key, text]];
  });

/** The text that a step sends to Run Command. */
export const commandRules: Rule[] = [
  {
    says: 'The timeout of a step also goes to its document, if the document takes one (AWS-RunShellScript, AWS-RunPowerShellScript, AWS-InstallPowerShellModule, AWS-ApplyAnsiblePlaybooks). A recipe may give the document a shorter one in parameters.',
    look(parts, report) {
      for (const { path, action } of actions(parts)) {
        const name = timeoutParameter(action.document ?? '');
        const [given] = (name && action.parameters?.[name]) ?? [];
        if (name === undefined || given === undefined) continue;
        const at = [...path, 'parameters', name];
        if (!/^[1-9]\d{0,5}$/.test(given)) report(at, `must be seconds, such as '3600', got ${JSON.stringify(given)}`);
        else if (Number(given) > secondsOf(action.timeout))
          report(
            at,
            `is ${durationOf(Number(given))}, but the pipeline gives up on the step after its timeout of ${action.timeout}; say timeout: ${given}s instead`,
          );
      }
    },
  },
  {
    says: 'Commands, scripts and parameters contain no NUL and no lone surrogate (half of a character). run contains no CR LF line ends.',
    look(parts, report, { scripts }) {
      for (const { path, action } of actions(parts)) {
        const all: [string, string][] = texts(action, scripts);
        if (action.parameters) all.push(['parameters', Object.entries(action.parameters).flat(2).join('\n')]);
        for (const [key, text] of all) {
          if (/[\0\p{Cs}]/u.test(text))
            report([...path, key], 'contains a NUL or half of a character, which would not arrive unchanged');
          if (key === 'run' && text.includes('\r\n'))
            report([...path, key], 'has CR LF line ends, which bash does not understand; use LF');
        }
      }
    },
  },
  {
    says: `A script has at most ${mostScriptBytes / 1e6} MB. One that SSM does not take, compressed and in base64 at most ${commandBytes} bytes, goes through the bucket. The step of a script with more than ${mostFittingBytes} such bytes, counted with the variables of the step, takes at most ${durationOf(longestRemoteSeconds)}. The parameters of a document have at most ${commandBytes} bytes.`,
    look(parts, report, { scripts }) {
      for (const { path, action } of actions(parts)) {
        for (const [key, text] of texts(action, scripts)) {
          if (utf8BytesOf(text) > mostScriptBytes)
            report(
              [...path, key],
              `is ${utf8BytesOf(text)} bytes, and a script has ${mostScriptBytes} at most; put the bulk into files`,
            );
          else if (secondsOf(action.timeout) > longestRemoteSeconds && !fitsCommand(text, action))
            report(
              [...path, 'timeout'],
              `is more than the ${durationOf(longestRemoteSeconds)} of AWS-RunRemoteScript, which brings a script of ${utf8BytesOf(text)} bytes`,
            );
        }
        const size = action.parameters ? bytesOf(action.parameters) : 0;
        if (size > commandBytes)
          report(
            [...path, 'parameters'],
            `is ${size} bytes as JSON, SSM takes ${commandBytes} at most; split it, or fetch the bulk from S3 in the step`,
          );
      }
    },
  },
  {
    says: 'Steps and checks contain no secrets, because everybody who may read Run Command events can read them. Fetch secrets in the step from an SSM SecureString or Secrets Manager, which the deployment must allow by its setting `builderSecrets`.',
    look(parts, report, { scripts }) {
      for (const { path, action } of actions(parts)) {
        const all: [string, string][] = texts(action, scripts);
        if (action.parameters) all.push(['parameters', Object.values(action.parameters).flat().join('\n')]);
        for (const [key, text] of all) {
          const secret = secretIn(text);
          if (secret)
            report(
              [...path, key],
              `contains ${secret}, and Run Command shows its input to others; fetch it in the step from an SSM SecureString or Secrets Manager`,
            );
        }
      }
    },
  },
];

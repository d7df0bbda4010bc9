import { installAgent } from './install-agent.ts';
import { timer } from './shutdown-timer.ts';

/** "User data is limited to 16 KB, in raw form": https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-add-user-data.html */
export const mostUserData = 16_384;

/** The system that a text is user data for, by its beginning. Undefined: neither cloud-init nor EC2Launch would run it. */
export function systemOfUserData(text: string): 'Linux' | 'Windows' | undefined {
  if (/^\s*<powershell>/.test(text)) return 'Windows';
  // https://docs.cloud-init.io/en/latest/explanation/format.html
  return /^(#!|#cloud-config|#cloud-boothook|#include|#part-handler|## template: ?jinja|mime-version:|content-type:)/i.test(
    text,
  )
    ? 'Linux'
    : undefined;
}

/** The script of user data for Windows, and whether it runs at every boot. Undefined if there is more than one such element. */
export function windowsScript(text: string): { script: string; persists: boolean } | undefined {
  const [found, script = '', persist] =
    /^\s*<powershell>([^]*?)<\/powershell>\s*(?:<persist>(true|false)<\/persist>\s*)?$/.exec(text) ?? [];
  return found === undefined ? undefined : { script, persists: persist === 'true' };
}

const boundary = '==golden-image-pipeline==';

/** Whether a text can be a part of a MIME message as it is. The parts of a message in it are read with the others. */
const isMessage = (text: string) => /^(mime-version|content-type):/i.test(text);
const isPlain = (text: string) => /^[\t\n -~]*$/.test(text) && !text.includes(`--${boundary}`);

const part = (type: string, text: string) => `--${boundary}
Content-Type: text/${type}; charset="us-ascii"

${text}`;

/** The recipe's user data. cloud-init tells the type of text/plain by its beginning, as it does for user data without a message. */
function recipePart(text: string): string {
  if (isMessage(text)) return `--${boundary}\n${text}`;
  if (isPlain(text)) return part('plain', text);
  const lines =
    Buffer.from(text)
      .toString('base64')
      .match(/.{1,76}/g) ?? [];
  return `--${boundary}
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: base64

${lines.join('\n')}
`;
}

// <persist> lets all of the script run at every boot, because the timer must count from every boot. The file tells whether the
// recipe's part has run. Sanitizing removes it with everything in that folder.
const onceOnWindows = (script: string) => `$ran = "$env:SystemRoot\\Temp\\golden-user-data"
if (Test-Path -LiteralPath $ran) { exit 0 }
New-Item -ItemType File -Path $ran -Force | Out-Null
${script}`;

const windowsData = (seconds: number, given: string | undefined) => {
  const own = timer(true, seconds);
  const found = given === undefined ? undefined : windowsScript(given);
  if (!found) return own;
  const { script, persists } = found;
  return own.replace('</powershell>', () => `${(persists ? script : onceOnWindows(script)).trimEnd()}\n</powershell>`);
};

/** What user data is made of: the system, the seconds of the self-destruct timer, the recipe's part, and where the agent comes from. */
interface UserDataParts {
  windows: boolean;
  seconds: number;
  given?: string | undefined;
  /** The region from whose bucket the SSM agent is installed. Absent: no agent is installed. */
  agentFrom?: string | undefined;
}

/**
 * The whole user data of an instance. cloud-init reads several parts as a MIME message, and runs scripts in their order:
 * https://docs.cloud-init.io/en/latest/explanation/format.html. EC2Launch runs one `<powershell>` element:
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html
 */
export function wholeUserData({ windows, seconds, given, agentFrom }: UserDataParts): string {
  if (windows) return windowsData(seconds, given);
  const own = timer(false, seconds);
  if (given === undefined && agentFrom === undefined) return own;
  return `MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="${boundary}"

${[
  part('cloud-boothook', own),
  ...(given === undefined ? [] : [recipePart(given)]),
  ...(agentFrom === undefined ? [] : [part('x-shellscript', installAgent(agentFrom))]),
].join('\n')}
--${boundary}--
`;
}

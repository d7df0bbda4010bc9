import { mostUserData, systemOfUserData, wholeUserData, windowsScript } from '../../guest/first-boot.ts';
import { didYouMean } from '../../nearest.ts';
import type { Rule, RuleContext, SoundParts } from '../rules/rule.ts';
import { secretIn } from '../rules/secrets.ts';

type Key = 'userData' | 'userDataFile';

/** The text of the user data, and the key that names it. Undefined where there is none, or no such file. */
function given({ builder }: SoundParts, { scripts }: RuleContext): { key: Key; text: string } | undefined {
  const key = builder?.userData === undefined ? 'userDataFile' : 'userData';
  const text = builder?.userData ?? scripts[builder?.userDataFile ?? ''];
  return text === undefined ? undefined : { key, text };
}

// The longest texts that the pipeline can add: those of the region with the longest name, and a timer of 14 days.
const longest = { seconds: 1_209_600, region: 'cn-northwest-1' };

/** Why neither cloud-init nor EC2Launch would run a text as the recipe means it. */
function unread(text: string): string | undefined {
  const system = systemOfUserData(text);
  if (system === undefined)
    return 'must begin as cloud-init knows it (#!, #cloud-config, #cloud-boothook, #include, #part-handler, ## template: jinja, or a MIME message), or with <powershell>; everything else would be ignored';
  if (system === 'Linux') {
    if (text.includes('\r')) return 'has CR LF line ends, which Linux does not understand; use LF';
    if (/^(mime-version|content-type):/i.test(text) && !/^[\t\n -~]*$/.test(text))
      return 'is a MIME message, so it must be ASCII; encode the part in base64';
    return undefined;
  }
  if (!windowsScript(text))
    return 'must be one <powershell> element, and at most <persist> behind it: the timer of the pipeline becomes a part of the same element';
  return undefined;
}

/** Rules about the user data of the builder. */
export const userDataRules: Rule[] = [
  {
    says: "builder.userData and builder.userDataFile are not given both. The file exists below the recipe's folder.",
    look({ builder }, report, { scripts }) {
      const { userData, userDataFile: file } = builder ?? {};
      if (file === undefined) return;
      const at = ['builder', 'userDataFile'];
      if (userData !== undefined) report(at, 'does not go with userData; give one of them');
      else if (scripts[file] === undefined)
        report(at, `there is no ${file} below the recipe's folder${didYouMean(file, Object.keys(scripts))}`);
    },
  },
  {
    says: 'User data begins as cloud-init knows it, or is one <powershell> element. It contains no NUL and no lone surrogate, and for Linux no CR.',
    look(parts, report, around) {
      const { key, text } = given(parts, around) ?? {};
      if (key === undefined || text === undefined) return;
      const wrong = /[\0\p{Cs}]/u.test(text)
        ? 'contains a NUL or half of a character, which would not arrive unchanged'
        : unread(text);
      if (wrong !== undefined) report(['builder', key], wrong);
    },
  },
  {
    says: `User data has at most ${mostUserData} bytes, together with the timer and the agent's installation that the pipeline adds.`,
    look(parts, report, around) {
      const found = given(parts, around);
      if (!found) return;
      const { seconds, region } = longest;
      const windows = systemOfUserData(found.text) === 'Windows';
      const agentFrom = parts.builder?.installAgent ? region : undefined;
      const bytes = Buffer.byteLength(wholeUserData({ windows, seconds, given: found.text, agentFrom }));
      if (bytes > mostUserData)
        report(
          ['builder', found.key],
          `makes ${bytes} bytes of user data with what the pipeline adds, and EC2 takes ${mostUserData}; fetch the bulk from S3 in it, or do it in a step`,
        );
    },
  },
  {
    says: 'User data contains no secrets, because everybody who may describe instances can read it.',
    look(parts, report, around) {
      const { key, text = '' } = given(parts, around) ?? {};
      const secret = secretIn(text);
      if (key !== undefined && secret)
        report(
          ['builder', key],
          `contains ${secret}, and EC2 shows user data to others; fetch it on the instance from an SSM SecureString or Secrets Manager`,
        );
    },
  },
];

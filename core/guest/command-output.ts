import { withoutInventory } from './inventory.ts';

const lines = 20;
const characters = 2000;

const tail = (text: string): string => text.trimEnd().split('\n').slice(-lines).join('\n').slice(-characters);

/** The end of a failed command's output, which has the reason: for each stream the last 20 lines, at most 2,000 characters. */
export function failingTail(stdout: string, stderr: string): string {
  const parts = [
    ['stderr', tail(stderr)],
    ['stdout', tail(withoutInventory(stdout))],
  ].filter(([, text]) => text);
  return parts.length === 0
    ? 'it printed nothing'
    : parts.map(([name, text]) => `--- end of ${name}\n${text}`).join('\n');
}

/** Note for a build whose commands printed something, but whose output is not in the bucket. */
export const outputMissing = (where: string, instanceProfile: string): string =>
  `no output of the build's commands arrived at ${where}, so golden logs has nothing and a failure shows only the beginning of a long output. The role of the instance profile ${instanceProfile} needs s3:PutObject and s3:PutObjectAcl there, s3:GetEncryptionConfiguration on the bucket, and a way to S3`;

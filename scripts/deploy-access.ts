// Whether AWS takes the credentials of `npm run deploy`, asked before anything is packaged.
import { parseArgs } from 'node:util';
import { callerArn } from '../aws/caller.ts';
import { connect, type Connection } from '../aws/connection.ts';
import { unreachable } from '../cli/deployed/deployment.ts';
import { Refusal } from '../cli/refused.ts';

const options = {
  region: { type: 'string', short: 'r' },
  'aws-profile': { type: 'string' },
} as const;

/** Why a deployment with these arguments cannot begin; undefined if AWS knows the caller. */
export async function deployRefusalOf(
  args: string[],
  env: Record<string, string | undefined> = process.env,
  open: (region: string) => Connection = (region) => connect(region),
): Promise<string | undefined> {
  const { values } = parseArgs({ args, options, strict: false, allowPositionals: true });
  const { region = env['AWS_REGION'] ?? 'us-east-1', 'aws-profile': profile } = values as Record<string, string>;
  if (profile !== undefined) env['AWS_PROFILE'] = profile; // as osls does with the same option
  try {
    await callerArn(open(region));
    return undefined;
  } catch (error) {
    const refusal = unreachable(error);
    if (!(refusal instanceof Refusal)) throw error;
    return `${refusal.message}\nnpm run package needs no credentials.`;
  }
}

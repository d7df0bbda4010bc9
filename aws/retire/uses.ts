import type { RetireDecision } from '../../core/retire/decide-retirement.ts';
import { presentAmis } from '../../core/retire/retiring.ts';
import type { ImageUsage } from '../../core/usage/image-usage.ts';
import type { Connection } from '../connection.ts';
import { evidence } from '../usage/evidence.ts';
import { readFamily } from '../usage/ancestry.ts';
import { usageOf } from '../usage/image-usage.ts';

/**
 * Who uses the AMIs of images that are to be disabled or deregistered. EC2 makes its reports of other accounts within minutes or
 * hours, so the first run that needs one asks for it, and a later run reads it.
 * @param regions The regions where an AMI of the account may have been made from one of these.
 */
export async function readUses(
  aws: Connection,
  decisions: RetireDecision[],
  { account, regions, now, asks }: { account: string; regions: string[]; now: Date; asks: boolean },
): Promise<ImageUsage[]> {
  const taking = decisions.filter(({ verdict }) => verdict.step === 'disable' || verdict.step === 'deregister');
  const amis = taking.flatMap(presentAmis).filter((one) => one.account === undefined);
  if (amis.length === 0) return [];
  const family = await evidence(() => readFamily(aws, regions));
  const byRegion = [...new Set(amis.map(({ region }) => region))].map((region) =>
    usageOf(aws, {
      account,
      region,
      amis: amis.filter((one) => one.region === region).map(({ ami }) => ami),
      now,
      family,
      asksForReports: asks,
    }),
  );
  return (await Promise.all(byRegion)).flat();
}

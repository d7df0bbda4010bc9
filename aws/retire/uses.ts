import type { SessionOf } from '../../core/accounts/account-role.ts';
import type { RetireDecision } from '../../core/retire/decide-retirement.ts';
import { presentAmis, type RetiringAmi } from '../../core/retire/retiring.ts';
import type { Family } from '../../core/usage/family.ts';
import type { Evidence, ImageUsage } from '../../core/usage/image-usage.ts';
import { evidence } from '../usage/evidence.ts';
import { readFamily } from '../usage/ancestry.ts';
import { usageOf } from '../usage/image-usage.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { reachImages } from '../accounts/reach-images.ts';

/** Where and when uses are looked up. */
interface Asking {
  account: string;
  /** The regions where an AMI of the account may have been made from one of these. */
  regions: string[];
  now: Date;
  /** Who asks, for the sessions in other accounts. */
  by: SessionOf['by'];
}

/** The uses of a copy, by the role of its account. If that does not let the pipeline in, there is no answer. */
async function usesOfCopy(
  artifacts: Artifacts,
  decision: RetireDecision,
  { region, ami, ...one }: RetiringAmi,
  { now, by }: Asking,
): Promise<ImageUsage[]> {
  const { account = '' } = one;
  const there = await evidence(() => reachImages(artifacts, decision, by, 'usage')({ region, ...one }));
  if (there.unknown !== undefined) return [];
  const family = await evidence(async () =>
    readFamily(await reachImages(artifacts, decision, by, 'retire')({ region, ...one }), [region]),
  );
  return usageOf(there.known, { account, region, amis: [ami], now, family, asksForReports: true });
}

/**
 * Reads who uses the AMIs of images that are to be disabled or deregistered. EC2 makes its reports of other accounts within minutes
 * or hours, so the first run that needs a report asks for it, and a later run reads it. What the account's AMIs were made from is
 * read once for all images.
 */
export function usesReader(
  artifacts: Artifacts,
  asking: Asking,
): (decisions: RetireDecision[]) => Promise<ImageUsage[]> {
  const { aws } = artifacts;
  const { account, regions, now } = asking;
  let read: Promise<Evidence<Family>> | undefined;
  const usesIn = async (region: string, amis: string[]) => {
    const family = await (read ??= evidence(() => readFamily(aws, regions)));
    return usageOf(aws, { account, region, amis, now, family, asksForReports: true });
  };
  return async (decisions) => {
    const taking = decisions.filter(({ verdict }) => verdict.step === 'disable' || verdict.step === 'deregister');
    const own = taking.flatMap(presentAmis).filter((one) => one.account === undefined);
    const byRegion = [...new Set(own.map(({ region }) => region))].map((region) =>
      usesIn(
        region,
        own.filter((one) => one.region === region).map(({ ami }) => ami),
      ),
    );
    const ofCopies = taking.flatMap((decision) =>
      presentAmis(decision)
        .filter((one) => one.account !== undefined)
        .map((one) => usesOfCopy(artifacts, decision, one, asking)),
    );
    return (await Promise.all([...byRegion, ...ofCopies])).flat();
  };
}

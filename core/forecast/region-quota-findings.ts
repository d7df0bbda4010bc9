import { accountCopiesOf } from '../accounts/account-copies.ts';
import { fewOf } from '../distribute/distribution.ts';
import type { Facts } from '../preflight/facts.ts';
import { isOff } from '../preflight/regions.ts';
import type { Problem } from '../recipe/recipe.ts';
import type { Recipe } from '../recipe/types.ts';
import {
  mostAtOnce,
  needsOf,
  regionQuotas,
  type Need,
  type Quota,
  type QuotaFacts,
  type QuotaName,
  type RegionUse,
} from './region-quotas.ts';

/** The account's own quota, or AWS's usual one. */
const mostOf = ({ quotas }: RegionUse, name: QuotaName): number | undefined => {
  const seen = quotas[name];
  return seen?.found && (seen.found.most ?? regionQuotas[name].usual);
};

const raise = ({ code, service, name }: Quota) => `have the quota ${code} of ${service.toUpperCase()} (${name}) raised`;

/** What a build would use up in regions that the account has enabled. A region that is off has a problem of its own. */
function used(recipe: Recipe, facts: QuotaFacts): { need: Need; use: RegionUse }[] {
  return needsOf(recipe, facts).flatMap((need) => {
    const use = facts.uses[need.region];
    return use && !isOff(facts, need.region) ? [{ need, use }] : [];
  });
}

/** Images and permissions for which a region of the account has no room. EC2 would refuse them after the whole build. */
export function regionQuotaProblems(recipe: Recipe, facts: QuotaFacts): Problem[] {
  const ofRegions = used(recipe, facts).flatMap(({ need, use }): Problem[] => {
    const { images: seen } = use;
    const [most, mostPublic] = [mostOf(use, 'images'), mostOf(use, 'publicImages')];
    const problems: Problem[] = [];
    if (seen?.found && most !== undefined && seen.found.all + need.images > most) {
      const message = `the build makes ${need.images === 1 ? 'one AMI' : `${need.images} AMIs`} in ${need.region}, where the account has ${seen.found.all} of the ${most} that it may have; deregister older ones, or ${raise(regionQuotas.images)}`;
      problems.push({ path: need.path, message });
    }
    if (seen?.found && need.public > 0 && mostPublic !== undefined && seen.found.public + need.public > mostPublic) {
      const message = `would be public AMI ${seen.found.public + need.public} of the account in ${need.region}, and it may have ${mostPublic}; make older ones private, or ${raise(regionQuotas.publicImages)}`;
      problems.push({ path: publicPath(recipe, need.region), message });
    }
    return problems;
  });
  return [...ofRegions, ...sharingProblems(recipe, facts)];
}

const publicPath = ({ distribute }: Recipe, region: string) => [
  'distribute',
  distribute.findIndex((target) => target.region === region && target.allowPublic === true),
  'allowPublic',
];

/** An organization or a unit counts as one. The accounts of copyTo count, too: each gets the image for the time of its copy. */
function sharingProblems({ distribute }: Recipe, facts: QuotaFacts): Problem[] {
  return distribute.flatMap((target, index): Problem[] => {
    const use = facts.uses[target.region];
    const most = use && mostOf(use, 'sharing');
    const { accounts, organizations, organizationalUnits, copyTo = [] } = target;
    const owners = copyTo.map(({ account }) => account);
    const users = new Set([...accounts, ...organizations, ...organizationalUnits, ...owners]).size;
    if (most === undefined || users <= most) return [];
    const message = `is shared with ${users} accounts, organizations and units, and EC2 shares an AMI with ${most} in ${target.region}; share it with an organization or a unit instead, or ${raise(regionQuotas.sharing)}`;
    return [{ path: ['distribute', index], message }];
  });
}

/** Limits that delay a build until something else has ended, and quotas that nobody could read. */
export function regionQuotaNotes(recipe: Recipe, facts: QuotaFacts): Problem[] {
  const ofRegions = used(recipe, facts).flatMap(({ need, use }) => [
    ...busyNotes(need, use),
    ...unreadNotes(need, use),
  ]);
  const owners = [...new Set(accountCopiesOf(recipe).map(({ account }) => account))];
  const message = `the quotas of ${fewOf(owners, ', ')} are not read, and the copies there count for them`;
  return [...ofRegions, ...(owners.length > 0 ? [{ path: ['distribute'], message }] : [])];
}

function busyNotes(need: Need, use: RegionUse): Problem[] {
  const { region, path, copies, snapshots } = need;
  const notes: Problem[] = [];
  const says = (message: string) => void notes.push({ path, message });
  const pending = use.pendingSnapshots?.found;
  const most = mostOf(use, 'pendingSnapshots');
  const { code } = regionQuotas.pendingSnapshots;
  if (pending !== undefined && most !== undefined && pending + snapshots > most)
    says(
      `the build makes up to ${snapshots === 1 ? 'one snapshot' : `${snapshots} snapshots`} in ${region}, where ${pending} of the ${most} that may be pending are pending now; the build waits until others are complete (quota ${code} of EBS)`,
    );
  else if (pending !== undefined && copies > 0 && pending + snapshots > mostAtOnce.snapshots)
    says(
      `${pending + snapshots} snapshots may be pending in ${region} at the same time, and EBS copies ${mostAtOnce.snapshots} to a region at a time, as its documentation says; the copy may have to wait`,
    );
  const making = use.images?.found?.pending;
  if (making !== undefined && copies > 0 && making + copies > mostAtOnce.images)
    says(
      `${making} AMIs are pending in ${region} now, and EC2 copies ${mostAtOnce.images} to a region at a time, as its documentation says; the copy waits until others are complete`,
    );
  return notes;
}

/** One note for each reason, not for each quota. */
function unreadNotes({ region, path }: Need, { quotas, images, pendingSnapshots }: RegionUse): Problem[] {
  const reasons = new Map<string, string[]>();
  const refuse = (what: string, reason: string | undefined) => {
    if (reason !== undefined) reasons.set(reason, [...(reasons.get(reason) ?? []), what]);
  };
  const usual: string[] = [];
  for (const [name, seen] of Object.entries(quotas)) {
    const quota = regionQuotas[name as QuotaName];
    refuse(`the quota ${quota.code} (${quota.name})`, seen.refused);
    if (seen.found && seen.found.most === undefined) usual.push(`${quota.usual} for ${quota.code} (${quota.name})`);
  }
  refuse('how many AMIs the account has', images?.refused);
  refuse('how many snapshots are pending', pendingSnapshots?.refused);
  const notes = [...reasons].map(([reason, what]) => ({
    path,
    message: `could not see ${what.join(', ')} in ${region}, so the build may fail at a limit there: ${reason}`,
  }));
  if (usual.length === 0) return notes;
  const message = `Service Quotas shows no value in ${region} for some quotas, so the usual ones of AWS are assumed: ${usual.join(', ')}`;
  return [...notes, { path, message }];
}

/** Whether a channel's parameter is new in a region. Its account may have as many as Parameter Store allows, which is not read. */
export function parameterNotes({ channel }: Pick<Facts, 'channel'>): Problem[] {
  if (!channel) return [];
  const fresh = Object.entries(channel.holders).flatMap(([place, { found }]) =>
    found?.length === 0 && channel.foreign?.[place] === undefined ? [place] : [],
  );
  if (fresh.length === 0) return [];
  const message = `the channel gets a new parameter in ${fewOf(fresh, ', ')}; Parameter Store allows 10,000 standard parameters in a region, and it is not read how many there are`;
  return [{ path: ['publish', 'channel'], message }];
}

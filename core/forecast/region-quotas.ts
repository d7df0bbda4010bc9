import { needsCopy } from '../distribute/distribution.ts';
import type { Facts, Seen } from '../preflight/facts.ts';
import type { Problem } from '../recipe/recipe.ts';
import type { Recipe } from '../recipe/types.ts';

/** A quota as Service Quotas names it. `usual` is the value that AWS gives to every account. */
export interface Quota {
  service: 'ec2' | 'ebs';
  code: string;
  name: string;
  usual: number;
}

/**
 * The quotas of a region that images and their copies use up:
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ami-quotas.html and https://docs.aws.amazon.com/ebs/latest/userguide/ebs-resource-quotas.html
 */
export const regionQuotas = {
  images: { service: 'ec2', code: 'L-B665C33B', name: 'AMIs', usual: 50_000 },
  publicImages: { service: 'ec2', code: 'L-0E3CBAB9', name: 'Public AMIs', usual: 5 },
  sharing: { service: 'ec2', code: 'L-70015FFA', name: 'AMI sharing', usual: 1000 },
  pendingSnapshots: { service: 'ebs', code: 'L-94D7AB7D', name: 'Pending snapshots per account', usual: 100 },
} as const satisfies Record<string, Quota>;

export type QuotaName = keyof typeof regionQuotas;

/**
 * Copies that AWS makes at the same time to one region, by its documentation. Service Quotas is not asked: we know no code of these.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/CopyingAMIs.html, https://docs.aws.amazon.com/ebs/latest/userguide/ebs-copy-snapshot.html
 */
export const mostAtOnce = { images: 300, snapshots: 20 };

/** The quota as it applies to the account. Absent where Service Quotas shows no value. */
export interface AppliedQuota {
  most?: number;
}

/** What the account has and may have in one region. Each look is absent where the recipe uses nothing of the kind there. */
export interface RegionUse {
  quotas: Partial<Record<QuotaName, Seen<AppliedQuota>>>;
  /** AMIs of the account without those in the Recycle Bin: all, public ones, and those that EC2 is making. */
  images?: Seen<{ all: number; public: number; pending: number }>;
  pendingSnapshots?: Seen<number>;
}

export type QuotaFacts = Pick<Facts, 'region' | 'regions' | 'source'> & { uses: Record<string, RegionUse> };

export interface Need {
  region: string;
  path: Problem['path'];
  /** AMIs that the build makes in the region, a second copy beside a slow one included. */
  images: number;
  copies: number;
  snapshots: number;
  public: number;
}

/** What a build makes in each region. The image is made in the pipeline's region even if that is no target. */
export function needsOf(recipe: Recipe, { region: home, source }: Pick<QuotaFacts, 'region' | 'source'>): Need[] {
  const disks = Math.max(1, source?.disks?.length ?? 1) + recipe.builder.volumes.length;
  const regions = [...new Set([home, ...recipe.distribute.map(({ region }) => region)])];
  return regions.map((region) => {
    const here = recipe.distribute.flatMap((target, index) => (target.region === region ? [{ ...target, index }] : []));
    const copied = here.filter((target) => needsCopy({ region: home }, target));
    const copies = copied.length + copied.filter(({ completeWithin }) => completeWithin !== undefined).length;
    const images = copies + (region === home ? 1 : 0);
    const [first] = here;
    return {
      region,
      path: first ? ['distribute', first.index] : ['distribute'],
      images,
      copies,
      snapshots: images * disks,
      public: here.filter(({ allowPublic }) => allowPublic).length,
    };
  });
}

/** Quotas that the recipe depends on in a region. A private image does not count for that of public ones. */
export const quotasNeeded = (recipe: Recipe, region: string): QuotaName[] => {
  const isPublic = recipe.distribute.some((target) => target.region === region && target.allowPublic);
  return ['images', ...(isPublic ? ['publicImages' as const] : []), 'sharing', 'pendingSnapshots'];
};

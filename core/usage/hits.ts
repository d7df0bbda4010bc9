import { inBatches } from '../batches.ts';
import { unknownOf, usesOf, type ImageUsage, type Use } from './image-usage.ts';

/** Who uses an AMI that is revoked. ResolveMove has listed its instances in this account and the AMIs made from it. */
export interface ImageHit {
  region: string;
  ami: string;
  /** The other account that owns the AMI. */
  account?: string;
  uses: Use[];
  /** How many more uses there are. */
  more: number;
  /** The look-ups that prove nothing, with their reasons. */
  unknown: string[];
}

/** Who uses the AMIs of a revoke. */
export interface Hits {
  images: ImageHit[];
  /** Number of AMIs beyond the limit. Their users were not looked up. */
  more: number;
}

/** The users of the AMIs in words, a line each. @param usage The failure of the look-up, if it has no answer. */
export function saysUsage(usage: Hits | { Cause: string } | undefined): string[] {
  if (!usage) return [];
  if (!('images' in usage)) return [`nobody can tell who else uses the images: ${usage.Cause}`];
  const placeOf = ({ region, account }: ImageHit) => (account === undefined ? region : `${region} of ${account}`);
  const quiet = usage.images.filter(({ uses, unknown }) => uses.length + unknown.length === 0).map(placeOf);
  return [
    ...usage.images.flatMap((hit) => {
      const where = `${hit.ami} in ${placeOf(hit)}`;
      return [
        ...hit.uses.map(({ says }) => `uses ${where}: ${says}`),
        ...(hit.more > 0 ? [`uses ${where}: ${hit.more} more`] : []),
        ...hit.unknown.map((reason) => `nobody can tell who uses ${where}, ${reason}`),
      ];
    }),
    ...(quiet.length > 0
      ? [`EC2 shows no other user in ${quiet.join(', ')}; its reports leave out the last 24 hours`]
      : []),
    ...(usage.more > 0 ? [`nobody has looked who uses ${usage.more} more AMIs`] : []),
  ];
}

// Step Functions passes on at most 256 KiB, and a revoke must not fail because an image is popular.
const mostUses = 20;
/** AMIs of a revoke whose users are looked up. */
export const mostHitImages = 40;

/** What ResolveMove tells of the pipeline's own AMIs. */
const toldBefore: readonly Use['kind'][] = ['instances', 'children'];

/** An AMI whose users are unknown. */
export const unknownHit = (
  { region, ami, account }: Pick<ImageHit, 'region' | 'ami'> & { account: string },
  reason: string,
): ImageHit => ({ region, ami, account, uses: [], more: 0, unknown: [reason] });

/**
 * @param channels The parameters that the revoke itself moves away. They, and the parameters of further copies below them, do not count.
 * @param told Kinds of uses that are left out.
 */
export function hitOf(usage: ImageUsage, channels: readonly string[], told = toldBefore): ImageHit {
  const moves = (name: string) => channels.some((channel) => name === channel || name.startsWith(`${channel}/`));
  const { known: parameters } = usage.parameters;
  const others = parameters && { known: parameters.filter((name) => !moves(name)) };
  const uses = usesOf({ ...usage, parameters: others ?? usage.parameters }).filter(({ kind }) => !told.includes(kind));
  const [first = []] = inBatches(uses, mostUses);
  const { region, ami } = usage;
  return { region, ami, uses: first, more: uses.length - first.length, unknown: unknownOf(usage) };
}

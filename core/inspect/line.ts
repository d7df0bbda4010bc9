import type { Ancestry } from '../usage/family.ts';
import type { LineEntry } from './inspection.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ami-ancestry.html */
const longest = 50;

/** The entries of an AMI's line with their regions. An AMI lies in the region that the AMI made from it names. */
export const linePlaces = (region: string, ancestry: Ancestry): LineEntry[] =>
  ancestry.map(({ ami, createdAt, ownerAlias }, index) => ({
    ami,
    region: ancestry[index - 1]?.madeFrom?.region ?? region,
    ...(createdAt !== undefined && { createdAt }),
    ...(ownerAlias !== undefined && { ownerAlias }),
  }));

/**
 * Where EC2's line ends, and why.
 * @param source The source image by the build's manifest, which knows more than EC2 if the image was registered from snapshots.
 */
export function endOfLine(ancestry: Ancestry, source: { ami: string; owner: string; name: string } | null): string {
  const last = ancestry.at(-1);
  if (!last) return 'EC2 shows no line';
  if (last.ownerAlias !== undefined)
    return `ends at ${last.ami}, a public AMI of a verified provider (${last.ownerAlias})`;
  if (ancestry.length >= longest) return `ends at ${last.ami}, since EC2 shows at most ${longest} AMIs`;
  if (last.madeFrom)
    return `ends at ${last.ami}: EC2 shows nothing of its source ${last.madeFrom.ami} in ${last.madeFrom.region}`;
  const why = `ends at ${last.ami}, for which EC2 knows no source: it was registered from snapshots or a disk, it is the first of its kind, or it is older than EC2's memory`;
  const known = source && !ancestry.some(({ ami }) => ami === source.ami);
  return known ? `${why}. By its build it was made from ${source.ami}, "${source.name}" of ${source.owner}` : why;
}

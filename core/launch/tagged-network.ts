import type { Problem } from '../recipe/problems.ts';
import type { Recipe } from '../recipe/types.ts';
import type { Tags } from '../tags.ts';

/** A subnet or security group that EC2 shows for tags. Groups have no zone. */
export interface TaggedPart {
  id: string;
  vpc: string;
  tags: Tags;
  zone?: string;
  freeAddresses?: number;
}

type Network = NonNullable<Recipe['builder']['network']>;
type Part = 'subnets' | 'securityGroups';

/** What was found for the tags of a recipe: ids, in the order in which Launch tries them, or why there are none. */
type Chosen = { ids: string[] } | { problem: Problem };

const most = { subnets: 20, securityGroups: 16 };
const nouns = { subnets: 'subnet', securityGroups: 'security group' };

export const tagsInWords = (tags: Tags): string =>
  Object.entries(tags)
    .map(([key, value]) => `${key}=${value}`)
    .join(' and ');

const inWords = ({ id, tags }: TaggedPart) => `${id} (${tagsInWords(tags) || 'no tags'})`;

/** One subnet of each zone first, those with the most free addresses before others, so that a zone without room costs one attempt. */
function spread(subnets: TaggedPart[]): TaggedPart[] {
  const roomiest = subnets.toSorted(
    (a, b) => (b.freeAddresses ?? 0) - (a.freeAddresses ?? 0) || (a.id < b.id ? -1 : 1),
  );
  const rank = (subnet: TaggedPart) =>
    roomiest.filter(({ zone }) => zone === subnet.zone).findIndex(({ id }) => id === subnet.id);
  return roomiest.toSorted((a, b) => rank(a) - rank(b));
}

/**
 * Chooses among what EC2 shows for tags.
 * @param others What there is without those tags, for the message where nothing has them.
 */
export function chosenByTags(
  part: Part,
  { [part]: wanted = {}, vpc: ofVpc }: Network,
  found: TaggedPart[],
  others: TaggedPart[],
  region: string,
): Chosen {
  const refused = (message: string): Chosen => ({ problem: { path: ['builder', 'network', part], message } });
  const noun = nouns[part];
  const within = ofVpc ? ` in a VPC with ${tagsInWords(ofVpc)}` : '';
  if (found.length === 0) {
    const seen = others.slice(0, 5).map(inWords).join(', ');
    const there = seen
      ? `there ${others.length > 1 ? 'are' : 'is'} ${seen}${others.length > 5 ? ' …' : ''}`
      : `there is none`;
    return refused(`no ${noun} of ${region}${within} has ${tagsInWords(wanted)}; ${there}`);
  }
  const vpcs = [...new Set(found.map(({ vpc }) => vpc))];
  if (vpcs.length > 1) {
    const listed = found.map(({ id, vpc }) => `${id} in ${vpc}`).join(', ');
    return refused(
      `${tagsInWords(wanted)} is on ${noun}s of ${vpcs.length} VPCs: ${listed}; add tags, or those of one VPC under vpc`,
    );
  }
  if (part === 'securityGroups' && found.length > most[part])
    return refused(
      `${found.length} ${noun}s have ${tagsInWords(wanted)}, and an instance takes ${most[part]}; add tags`,
    );
  const ordered = part === 'subnets' ? spread(found) : found.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return { ids: ordered.slice(0, most[part]).map(({ id }) => id) };
}

/** Whether a finding is about the place of the builder. Where nothing was found, that is about subnets which it does not get. */
const isOfPlace = ({ path: [section, key] }: Problem) =>
  section === 'builder' && /^(subnets|securityGroups|publicIp)$/.test(String(key));

/** Findings about subnets and groups that were found by tags, at the keys with the tags. */
export function atTags(
  { problems, notes }: { problems: Problem[]; notes: Problem[] },
  unfound: Problem[],
  { network }: Recipe['builder'],
): { problems: Problem[]; notes: Problem[] } {
  const told = (findings: Problem[]) =>
    findings
      .filter((finding) => unfound.length === 0 || !isOfPlace(finding))
      .map((finding) => {
        const [section, key] = finding.path;
        const isByTags = section === 'builder' && (key === 'subnets' || key === 'securityGroups') && network?.[key];
        return isByTags ? { ...finding, path: ['builder', 'network', key] } : finding;
      });
  return { problems: [...unfound, ...told(problems)], notes: told(notes) };
}

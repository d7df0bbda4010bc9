import type { Simulation } from '../../../simulator/pipeline/simulation.ts';
import { launchers } from '../account-state.ts';
import { borrower, pipelineAccount } from '../setting.ts';

/** What the account and the account that copies images hold, in words, by the name of each thing. */
export type SeenFacts = Map<string, string>;

const ours = new Set([pipelineAccount, borrower]);
const users = (list: readonly string[]) => list.toSorted().join(' ') || 'nobody';

/** The name of a channel's fact. The other account has channels of the same name. */
export const channelFact = (parameter: string, region: string, account: string = pipelineAccount): string =>
  `channel ${parameter} in ${region}${account === pipelineAccount ? '' : ` of ${account}`}`;
export const imageFact = (id: string, region: string): string => `image ${id} in ${region}`;
export const snapshotFact = (id: string, region: string): string => `snapshot ${id} in ${region}`;
export const templateFact = (id: string, region: string): string => `launch template ${id} in ${region}`;
export const imageSays = (state: string, launching: readonly string[]): string => `${state}, for ${users(launching)}`;
export const snapshotSays = (readers: Iterable<string>): string => `for ${users([...readers])}`;

export function factsOf({ cloud }: Simulation, regions: string[]): SeenFacts {
  const facts: SeenFacts = new Map();
  for (const region of regions) {
    const { instances, volumes, images, snapshots, parameters, launchTemplates } = cloud.world.region(region);
    const at = (kind: string, id: string) => `${kind} ${id} in ${region}`;
    for (const [key, { versions }] of parameters) {
      const [account = '', parameter = ''] = key.split(' ');
      if (ours.has(account) && parameter.startsWith('/golden/'))
        facts.set(channelFact(parameter, region, account), versions.at(-1)?.value ?? 'nothing');
    }
    for (const image of images.values())
      if (ours.has(image.owner) && image.state !== 'deregistered') {
        facts.set(imageFact(image.id, region), imageSays(image.state, launchers(image)));
        if (image.watermarks?.length) facts.set(at('watermark of', image.id), 'there');
      }
    for (const { id, owner, sharedWith } of snapshots.values())
      if (ours.has(owner)) facts.set(snapshotFact(id, region), snapshotSays(sharedWith));
    for (const { id, state } of instances.values()) if (state !== 'terminated') facts.set(at('instance', id), 'there');
    for (const { id } of volumes.values()) facts.set(at('volume', id), 'there');
    for (const { id, versions, default: standard } of launchTemplates.values()) {
      const isDefault = (number: number) => (number === standard ? '*' : '');
      const all = versions.map(({ number, data }) => `${String(data['ImageId'])}${isDefault(number)}`);
      facts.set(templateFact(id, region), all.join(' '));
    }
    for (const key of new Set(cloud.keys.get(region)?.values()))
      for (const id of key.grants.keys()) facts.set(at('grant', id), 'there');
  }
  return facts;
}

/** The documents of the bucket. */
export function documentsOf(simulation: Simulation): SeenFacts {
  const { objects } = simulation.cloud.world.buckets.get(simulation.bucket) ?? {};
  return new Map([...(objects?.keys() ?? [])].map((key) => [key, simulation.artifact(key) ?? '']));
}

/** The names of all facts that differ. */
export const changedIn = (before: SeenFacts, after: SeenFacts): string[] =>
  [...new Set([...before.keys(), ...after.keys()])].filter((name) => before.get(name) !== after.get(name));

import type { Recipe } from '../recipe/types.ts';
import type { Path, Problem } from '../recipe/recipe.ts';
import type { EncryptionSettings, Facts } from './facts.ts';
import { keyVerdict, type KeyUser } from './key-policy.ts';

/**
 * What EC2 does with a key for an account that launches a shared image:
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/AMIEncryption.html
 */
const launching = ['kms:Decrypt', 'kms:DescribeKey', 'kms:ReEncryptFrom', 'kms:CreateGrant'];

interface SharedKey {
  path: Path;
  region: string;
  key: string;
  users: KeyUser[];
}

/** The keys under which shared images will be, as far as recipe and settings tell. `defaultKey`: by region, if EC2 can come to use it. */
export function sharedKeys(
  { builder, distribute }: Recipe,
  home: string,
  defaultKey: (region: string) => string | undefined,
): SharedKey[] {
  return distribute.flatMap(({ region, id, kmsKey, accounts, organizations, organizationalUnits }, index) => {
    const users = [...accounts, ...organizations, ...organizationalUnits];
    if (users.length === 0) return [];
    const isFirst = region === home && id === undefined;
    const disks = isFirst ? [builder.rootVolume, ...builder.volumes].flatMap((disk) => disk.kmsKey ?? []) : [];
    const named = kmsKey === undefined ? disks : [kmsKey];
    const keys = named.length > 0 ? named : [defaultKey(region) ?? []].flat();
    return [...new Set(keys)].map((key) => ({ path: ['distribute', index], region, key, users }));
  });
}

type Seen = Pick<Facts, 'region' | 'encryption'>;

const settingsIn = ({ encryption }: Seen, region: string): EncryptionSettings | undefined => encryption[region]?.found;

/** Everybody with whom an image is shared, and the actions that the policy of its key does not clearly allow. */
function uses(recipe: Recipe, facts: Seen) {
  const defaultKey = (region: string) => settingsIn(facts, region)?.defaultKey;
  return sharedKeys(recipe, facts.region, defaultKey).flatMap(({ path, region, key, users }) => {
    const { keys = {}, policies = {} } = settingsIn(facts, region) ?? {};
    const [seen, policy] = [keys[key], policies[key]];
    if (!policy || !seen || !('arn' in seen) || seen.awsManaged) return [];
    const owner = seen.arn.split(':')[4] ?? '';
    return users.map((user) => {
      const verdicts = launching.map((action) => ({
        action,
        is: policy.found === undefined ? 'unclear' : keyVerdict(policy.found, { user, action, region, owner }),
      }));
      const having = (verdict: string) => verdicts.flatMap(({ action, is }) => (is === verdict ? [action] : []));
      return { path, region, key, user, denied: having('denied'), unclear: having('unclear'), refused: policy.refused };
    });
  });
}

type Use = ReturnType<typeof uses>[number];

/** One finding for each key, not for each account. */
function together(all: Use[], says: (users: string, one: Use) => string): Problem[] {
  const groups = new Map<string, Use[]>();
  for (const one of all) {
    const group = JSON.stringify([one.path, one.key, one.denied, one.unclear, one.refused]);
    groups.set(group, [...(groups.get(group) ?? []), one]);
  }
  return [...groups.values()].flatMap((same) => {
    const [first] = same;
    return first ? [{ path: first.path, message: says(same.map(({ user }) => user).join(', '), first) }] : [];
  });
}

/** Images that nobody else could launch: the policy of their key lets those with whom they are shared do nothing with it. */
export function keyUserProblems(recipe: Recipe, facts: Seen): Problem[] {
  const barred = uses(recipe, facts).filter(({ denied }) => denied.includes('kms:Decrypt'));
  return together(
    barred,
    (users, { key, region }) =>
      `is shared with ${users}, but the policy of the key ${key} in ${region} does not let them use it, so they could not launch the image; allow ${launching.join(', ')} there (grants do not count here)`,
  );
}

/** Doubts about who may use the keys of shared images. */
export function keyUserNotes(recipe: Recipe, facts: Seen): Problem[] {
  const all = uses(recipe, facts).filter(({ denied }) => !denied.includes('kms:Decrypt'));
  const unread = all.filter(({ refused }) => refused !== undefined);
  const unclear = all.filter((one) => one.refused === undefined && one.denied.length + one.unclear.length > 0);
  return [
    ...together(
      unread,
      (users, { key, region, refused }) =>
        `could not see whether the policy of the key ${key} in ${region} lets ${users} use the key, so they may fail to launch the image: ${refused}`,
    ),
    ...together(unclear, (users, { key, region, denied, unclear: doubted }) => {
      const parts = [
        ...(denied.length > 0 ? [`does not allow ${denied.join(', ')}`] : []),
        ...(doubted.length > 0 ? [`has conditions on ${doubted.join(', ')} that cannot be judged here`] : []),
      ];
      return `for ${users}, the policy of the key ${key} in ${region} ${parts.join(' and ')}; see that they can launch the image`;
    }),
  ];
}

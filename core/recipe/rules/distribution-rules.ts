import { encryptionIn, unshareable, type Encryption, type EncryptionFacts } from '../../launch/encryption.ts';
import { regionOfKey } from '../../launch/keys.ts';
import { homeRegion, partitionOf } from '../regions.ts';
import { formatPath } from '../problems.ts';
import { sound, type Path, type Rule, type SoundParts, type RuleContext } from './rule.ts';
import { accountCopyRules } from '../accounts/account-copy-rules.ts';
import { targetRules } from './target-rules.ts';
import { volumesOf } from './volume-rules.ts';

type Target = NonNullable<SoundParts['distribute'][number]>;

export const isShared = ({ accounts, organizations, organizationalUnits, copyTo = [] }: Target) =>
  accounts.length + organizations.length + organizationalUnits.length + copyTo.length > 0;

/** Path and message for a shared target whose image would be encrypted with the AWS-managed key. */
export function unshareableProblem(
  index: number,
  { region, kmsKey }: Pick<Target, 'region' | 'kmsKey'>,
  { because, remedy }: Encryption,
): [path: Path, message: string] {
  const path = ['distribute', index];
  if (kmsKey !== undefined && remedy[0] === 'distribute') {
    const message = `${kmsKey} is the AWS-managed key, and what it encrypts cannot be shared; name a customer-managed key`;
    return [[...path, 'kmsKey'], message];
  }
  const key = `the AWS-managed key of ${region}, which cannot be shared`;
  return [
    path,
    `is shared, but its image would be encrypted with ${key}: ${because}; give ${formatPath(remedy)} a customer-managed kmsKey`,
  ];
}

/** Path and message for a public target whose image would be encrypted. */
const publicProblem = (index: number, { because }: Pick<Encryption, 'because'>): [path: Path, message: string] => [
  ['distribute', index, 'allowPublic'],
  `is true, but the image would be encrypted, and EC2 makes no encrypted image public: ${because}`,
];

/** Path and message for a target whose users could not use its image, because of the image's encryption. */
export function encryptedShareProblem(
  index: number,
  target: Target,
  facts: EncryptionFacts,
): [path: Path, message: string] | undefined {
  const [secret] = target.allowPublic ? encryptionIn(target, facts) : [];
  if (secret) return publicProblem(index, secret);
  const found = isShared(target) ? unshareable(target, facts) : undefined;
  return found && unshareableProblem(index, target, found);
}

/**
 * Limit for accounts, organizations and OUs together; each counts as one (docs.aws.amazon.com/general/latest/gr/ec2-service.html,
 * AMI sharing).
 */
const mostEntities = 1_000;
const sharingLists = ['accounts', 'organizations', 'organizationalUnits'] as const;

/**
 * The region the pipeline runs in. If it is unknown, the target called `home` counts, else the first target without its own key.
 */
const homeOf = (targets: [number, Target][], { home }: RuleContext): string | undefined => {
  const target =
    targets.find(([, { region }]) => region === homeRegion) ??
    targets.find(([, { id, kmsKey }]) => id === undefined && kmsKey === undefined);
  return home ?? target?.[1].region;
};

/** Targets whose region is known by name. The target `home` is among them only if the pipeline's region is known. */
const placed = (distribute: SoundParts['distribute']) =>
  sound(distribute).filter(([, { region }]) => region !== homeRegion);

export const distributionRules: Rule[] = [
  ...targetRules,
  ...accountCopyRules,
  {
    says: 'All targets are in one partition (aws, aws-us-gov, aws-cn, aws-eusc), because AWS copies no image from one partition to another.',
    look({ distribute }, report) {
      const [first, ...others] = placed(distribute);
      if (!first) return;
      const home = partitionOf(first[1].region);
      for (const [index, { region }] of others) {
        const partition = partitionOf(region);
        if (partition !== home)
          report(
            ['distribute', index, 'region'],
            `${region} is in ${partition}, but ${first[1].region} is in ${home}; AWS copies no image from one partition to another`,
          );
      }
    },
  },
  {
    says: "A shared target has a customer-managed key if its image is encrypted, because snapshots under alias/aws/ebs cannot be shared. An image is encrypted if the builder has keys, if its source is encrypted, or if the target in the pipeline's region has a kmsKey. The copy of an encrypted image is encrypted, so every other region and every further copy needs its own kmsKey.",
    look({ builder, distribute }, report, around) {
      const targets = sound(distribute);
      const home = homeOf(targets, around);
      if (!builder || home === undefined) return;
      for (const [index, target] of targets) {
        if (!isShared(target)) continue;
        const found = unshareable(target, { home, builder, targets });
        if (found) report(...unshareableProblem(index, target, found));
      }
    },
  },
  {
    says: 'A target with allowPublic is not encrypted, because EC2 makes no encrypted image public.',
    look({ builder, distribute }, report, around) {
      const targets = sound(distribute);
      const home = homeOf(targets, around);
      if (!builder || home === undefined) return;
      for (const [index, target] of targets) {
        const [found] = target.allowPublic ? encryptionIn(target, { home, builder, targets }) : [];
        if (found) report(...publicProblem(index, found));
      }
    },
  },
  {
    says: `A target is shared with at most ${mostEntities} accounts, organizations and OUs together: the AMI sharing quota of EC2. An organization or OU counts as one.`,
    look({ distribute }, report) {
      for (const [index, target] of sound(distribute)) {
        const total = sharingLists.reduce((sum, list) => sum + target[list].length, 0);
        if (total <= mostEntities) continue;
        const longest = sharingLists.toSorted((a, b) => target[b].length - target[a].length)[0] ?? 'accounts';
        const rest = total - target[longest].length;
        const others = rest > 0 ? `, with ${rest} in the other lists` : '';
        report(
          ['distribute', index, longest],
          `has ${target[longest].length} entries${others}, but an AMI is shared with at most ${mostEntities}; name an organization or OU, which counts as one`,
        );
      }
    },
  },
  {
    says: 'A key given by ARN is in the region it is used in.',
    look({ builder, distribute }, report, { home }) {
      for (const [index, { kmsKey, region }] of placed(distribute)) {
        const keyRegion = regionOfKey(kmsKey);
        if (keyRegion !== undefined && keyRegion !== region)
          report(['distribute', index, 'kmsKey'], `is a key in ${keyRegion}, but the target is ${region}`);
      }
      for (const { path, volume } of builder && home !== undefined ? volumesOf(builder) : []) {
        const keyRegion = regionOfKey(volume.kmsKey);
        if (keyRegion !== undefined && keyRegion !== home)
          report([...path, 'kmsKey'], `is a key in ${keyRegion}, but the pipeline runs in ${home}`);
      }
    },
  },
];

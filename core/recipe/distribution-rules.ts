import { partitionOf } from '../regions.ts';
import { formatPath } from './problems.ts';
import { repeats, sound, type Rule, type SoundParts, type Surroundings } from './rule.ts';
import { volumesOf } from './volume-rules.ts';

type Target = NonNullable<SoundParts['distribute'][number]>;

const isShared = ({ accounts, organizations, organizationalUnits }: Target) =>
  accounts.length + organizations.length + organizationalUnits.length > 0;

// AWS makes and owns this key; nobody can be granted its use, so nothing under it can be shared.
const isDefaultKey = (key: string | undefined) => key === undefined || /(^|:)alias\/aws\/ebs$/.test(key);

const regionOfKey = (key: string | undefined) => /^arn:[a-z-]+:kms:([a-z0-9-]+):/.exec(key ?? '')?.[1];

/** Where the pipeline runs. Without that, the first target that has no key of its own is taken for it. */
const homeOf = (targets: [number, Target][], { home }: Surroundings): string | undefined =>
  home ?? targets.find(([, target]) => target.kmsKey === undefined)?.[1].region;

export const distributionRules: Rule[] = [
  {
    says: 'A region is a target once.',
    look({ distribute }, report) {
      for (const [index, first, { region }] of repeats(sound(distribute), (target) => target.region)) {
        report(['distribute', index, 'region'], `${region} is already the target distribute[${first}]`);
      }
    },
  },
  {
    says: 'All targets are in one partition (aws, aws-us-gov, aws-cn, aws-eusc): AWS copies no image across.',
    look({ distribute }, report) {
      const [first, ...others] = sound(distribute);
      if (!first) return;
      const home = partitionOf(first[1].region);
      for (const [index, { region }] of others) {
        const partition = partitionOf(region);
        if (partition !== home)
          report(
            ['distribute', index, 'region'],
            `${region} is in ${partition}, but ${first[1].region} is in ${home}; AWS copies no image across`,
          );
      }
    },
  },
  {
    says: 'A target that is shared has a customer-managed key if the image is encrypted: snapshots under alias/aws/ebs cannot be shared. In the region the pipeline runs in the keys of the builder count, every other region needs a kmsKey of its own.',
    look({ builder, distribute }, report, around) {
      if (!builder) return;
      const targets = sound(distribute);
      const home = homeOf(targets, around);
      const encrypted = volumesOf(builder).filter(({ volume }) => volume.encrypted);
      for (const [index, target] of targets) {
        if (!isShared(target)) continue;
        const path = ['distribute', index];
        if (target.kmsKey !== undefined) {
          if (isDefaultKey(target.kmsKey))
            report(
              [...path, 'kmsKey'],
              `${target.kmsKey} is the AWS-managed key, and what it encrypts cannot be shared; name a customer-managed key`,
            );
        } else if (target.region !== home) {
          if (encrypted.length > 0)
            report(
              path,
              `is shared and encrypted, but has no kmsKey: ${target.region} would encrypt with its AWS-managed key, which cannot be shared; the builder's key is known in ${home} only`,
            );
        } else {
          for (const { path: at, called, volume } of encrypted) {
            if (isDefaultKey(volume.kmsKey)) {
              report(
                path,
                `is shared, but ${called} is encrypted with the AWS-managed key, which cannot be shared; give ${formatPath(at)} a customer-managed kmsKey`,
              );
            }
          }
        }
      }
    },
  },
  {
    says: 'A key given by ARN is in the region it is used in.',
    look({ builder, distribute }, report, { home }) {
      for (const [index, { kmsKey, region }] of sound(distribute)) {
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

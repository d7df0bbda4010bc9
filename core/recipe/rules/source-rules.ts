import { ways } from '../source.ts';
import type { Rule } from './rule.ts';

/**
 * Whether a text matches a pattern with EC2's wildcards. It reads the pattern once. A regular expression could backtrack forever
 * on a pattern with many stars.
 */
function finds(pattern: string, text: string): boolean {
  let reached = new Set([0]);
  for (const sign of pattern) {
    const next = new Set<number>();
    for (const at of reached) {
      if (sign === '*') for (let to = at; to <= text.length; to++) next.add(to);
      else if (sign === '?' || sign === text[at]) next.add(at + 1);
    }
    reached = next;
  }
  return reached.has(text.length);
}

/** The rules on the source image of a recipe. */
export const sourceRules: Rule[] = [
  {
    says: 'A source has exactly one of parameter, filter, ami, channel and disk.',
    look({ source: given }, report) {
      if (!given) return;
      const used = ways.filter((way) => given[way] !== undefined);
      if (used.length !== 1)
        report(['source'], `needs exactly one of ${ways.join(', ')}; it has ${used.join(' and ') || 'none'}`);
    },
  },
  {
    says: 'A source other than channel has an owner, because anybody can publish an AMI under any name (whoAMI).',
    look({ source: given }, report, { stated }) {
      const named = ways.filter((way) => stated(['source', way]));
      if (named.length > 0 && !named.includes('channel') && !stated(['source', 'owner'])) {
        report(
          ['source', 'owner'],
          'is required: anybody can publish an AMI under any name, so say who must own it (amazon, self or an account id)',
        );
      }
      if (given?.channel !== undefined && given.owner !== undefined && given.owner !== 'self') {
        report(['source', 'owner'], `does not go with channel, whose images are always our own; remove ${given.owner}`);
      }
    },
  },
  {
    says: 'A filter of our own images does not match the images of the same recipe.',
    look({ source: given, name }, report) {
      const pattern = given?.owner === 'self' ? given.filter?.name : undefined;
      if (name === undefined || pattern === undefined) return;
      if (finds(pattern, `${name}-20261123-030000-9f2c`))
        report(
          ['source', 'filter', 'name'],
          'matches the images of this recipe, so each build would start from the last one',
        );
    },
  },
  {
    says: 'A disk is registered as it is: there are no steps, nothing for a builder, and no other way to make the image.',
    look({ source: given, builder, image, provision, triggers }, report, { stated }) {
      if (!given?.disk) return;
      if (triggers) report(['triggers'], 'a disk does not change by itself, so nothing is built anew; remove it');
      if (provision.length > 0)
        report(['provision'], 'no builder runs for a disk; leave the steps to a recipe that starts from this channel');
      if (builder && builder.volumes.length > 0)
        report(['builder', 'volumes'], 'no builder runs for a disk; remove it');
      for (const key of ['disk', 'installAgent', 'userData', 'userDataFile', 'spot'] as const)
        if (builder?.[key]) report(['builder', key], 'no builder runs for a disk; remove it');
      if (image?.register !== undefined) report(['image', 'register'], 'a disk is always registered; remove it');
      if (image?.allowFiles) report(['image', 'allowFiles'], 'nothing is sanitized on a disk; remove it');
      if (stated(['image', 'capture'])) report(['image', 'capture'], 'no builder runs for a disk; remove it');
      if (given.disk.tpm && given.disk.bootMode !== 'uefi')
        report(['source', 'disk', 'tpm'], 'needs bootMode: uefi, as EC2 demands');
    },
  },
  {
    says: "A disk is a snapshot or a file. A file has a format, and lies in a bucket of the pipeline's own account.",
    look({ source: given }, report) {
      const { snapshot, file, format, importRole } = given?.disk ?? {};
      if (snapshot !== undefined && file !== undefined)
        report(['source', 'disk', 'file'], 'does not go with snapshot; remove one of them');
      if (file !== undefined && format === undefined)
        report(['source', 'disk', 'format'], `is missing: say which format ${file} has`);
      if (file !== undefined && given?.owner === 'amazon')
        report(['source', 'owner'], 'is self for a file: EC2 imports it from a bucket of this account');
      if (file === undefined && format !== undefined)
        report(['source', 'disk', 'format'], 'is for a file; remove it, or name the file');
      if (snapshot !== undefined && importRole !== undefined)
        report(['source', 'disk', 'importRole'], 'is for a file; remove it');
    },
  },
  {
    says: 'The source of a recipe is not its own channel.',
    look({ source: given, name }, report) {
      if (name !== undefined && given?.channel?.startsWith(`${name}/`)) {
        report(['source', 'channel'], `is a channel of this recipe, so each build would start from the last one`);
      }
    },
  },
];

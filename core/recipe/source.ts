import * as z from 'zod/mini';
import type { Rule } from './rules/rule.ts';
import { channelPath, formed, oneLine, owner } from './scalars.ts';

const ways = ['parameter', 'filter', 'ami', 'channel'] as const;

export const source = z
  .strictObject({
    parameter: z.exactOptional(
      z.string().check(
        z.regex(
          /^[\w./-]+$/,
          'must be the name of an SSM parameter, such as /aws/service/ami-windows-latest/Windows_Server-2025-English-Full-Base',
        ),
        z.maxLength(1011),
        // https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-parameter-name-constraints.html
        z.refine(
          (input) => input.split('/').filter(Boolean).length <= 15,
          'must have at most 15 levels, as names of parameters do',
        ),
        z.describe('SSM parameter that holds the AMI id; AWS, Canonical and Debian keep public ones.'),
      ),
    ),
    filter: z.exactOptional(
      z
        .strictObject({
          name: z
            .string()
            .check(
              z.minLength(3),
              z.maxLength(255),
              oneLine,
              z.regex(/[^*?]/, 'must say more than wildcards'),
              z.describe('Name of the AMI, with the wildcards * and ?. The newest match is taken.'),
            ),
          architecture: z.exactOptional(z.enum(['x86_64', 'arm64']).check(z.describe('Architecture of the AMI.'))),
        })
        .check(
          z.describe(
            'The newest AMI of the owner that matches. For what another recipe makes use channel: a filter finds an image before it is checked.',
          ),
        ),
    ),
    ami: z.exactOptional(
      z
        .string()
        .check(
          formed(/^ami-([0-9a-f]{8}|[0-9a-f]{17})$/, 'be an AMI id such as ami-0123456789abcdef0'),
          z.describe('One AMI, by its id in the region the pipeline runs in.'),
        ),
    ),
    channel: z.exactOptional(channelPath.check(z.describe('What another recipe published: <recipe>/<channel>.'))),
    owner: z.exactOptional(
      owner.check(
        z.describe(
          'Who must own the source image: amazon, self or a quoted account id. With a filter rather name an account id: amazon stands for verified partners of Amazon, too. The answer of AWS is checked against it. Required; left out with channel, whose images are always our own.',
        ),
      ),
    ),
  })
  .check(
    z.describe('What the build starts from: exactly one of parameter, filter, ami and channel.'),
    z.meta({ oneOf: ways.map((way) => ({ required: way === 'channel' ? [way] : [way, 'owner'] })) }),
  );

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

export const sourceRules: Rule[] = [
  {
    says: 'A source has exactly one of parameter, filter, ami and channel.',
    look({ source: given }, report) {
      if (!given) return;
      const used = ways.filter((way) => given[way] !== undefined);
      if (used.length !== 1)
        report(['source'], `needs exactly one of ${ways.join(', ')}; it has ${used.join(' and ') || 'none'}`);
    },
  },
  {
    says: 'A source has an owner, except for channel: anybody can publish an AMI under any name (whoAMI).',
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
    says: 'A filter of our own images does not find those of this very recipe.',
    look({ source: given, name }, report) {
      const pattern = given?.owner === 'self' ? given.filter?.name : undefined;
      if (name === undefined || pattern === undefined) return;
      if (finds(pattern, `${name}-20261123-030000-9f2c`))
        report(
          ['source', 'filter', 'name'],
          'finds the images of this very recipe: each build would pile onto the last',
        );
    },
  },
  {
    says: 'A recipe does not build on a channel of its own.',
    look({ source: given, name }, report) {
      if (name !== undefined && given?.channel?.startsWith(`${name}/`)) {
        report(['source', 'channel'], `is a channel of this very recipe: each build would pile onto the last`);
      }
    },
  },
];

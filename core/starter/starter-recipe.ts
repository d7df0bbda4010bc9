import { homeRegion } from '../recipe/regions.ts';
import type { Recipe } from '../recipe/types.ts';
import type { Architecture, Distribution, Patching } from './distributions.ts';
import { checksSection, provisionSection } from './starter-steps.ts';

/** The answers from which `golden init` makes a recipe. */
export interface StarterAnswers {
  name: string;
  distribution: Distribution;
  architecture: Architecture;
  /** The image that the recipe starts from, if it is not the distribution's own: a channel, a parameter or an AMI. */
  base?: string | undefined;
  /** The owner that the base must have. */
  owner?: string | undefined;
  regions: string[];
  accounts: string[];
  organizations: string[];
  /** Encrypts the image, under the same alias in every region. */
  kmsKey?: string | undefined;
  channel: string;
  /** Path of the JSON schema from the folder of the recipe. */
  schema: string;
}

type Source = Partial<Pick<Recipe['source'], 'parameter' | 'filter' | 'ami' | 'channel' | 'owner'>>;

const instanceTypes: Record<Architecture, Record<'linux' | 'windows', string>> = {
  x86_64: { linux: 't3.small, t3a.small, m6i.large', windows: 'm6i.large, m5.large, t3.large' },
  arm64: { linux: 't4g.small, m7g.medium, m6g.medium', windows: '' },
};

/** The vendors whose images come without the SSM agent. */
const withoutAgent: ReadonlySet<Patching> = new Set(['dnf', 'debian']);

function sourceOf({ base, owner, distribution, architecture }: StarterAnswers): Source {
  const own = distribution.source(architecture);
  if (base === undefined) return own;
  if (base.startsWith('ami-')) return { ami: base, owner: owner ?? 'self' };
  if (base.startsWith('/')) return { parameter: base, owner: owner ?? own.owner ?? 'amazon' };
  return base.includes('/') ? { channel: base } : { parameter: base, owner: owner ?? own.owner ?? 'amazon' };
}

const quote = (text: string) => `'${text.replaceAll("'", "''")}'`;
/** A value as YAML: plain where YAML reads text, else in quotes. */
const plain = (text: string) =>
  /^[A-Za-z/][\w./-]*$/.test(text) && !/^(true|false|null)$/.test(text) ? text : quote(text);

function sourceLines(source: Source): string[] {
  const { filter, ...others } = source;
  const wanted = filter?.architecture === undefined ? '' : `, architecture: ${filter.architecture}`;
  return [
    ...(filter ? [`  filter: { name: ${quote(filter.name)}${wanted} } # the newest AMI of this name`] : []),
    ...Object.entries(others).map(([key, value]) => `  ${key}: ${plain(String(value))}`),
  ];
}

function builderLines({ base, distribution, architecture, kmsKey }: StarterAnswers, source: Source): string[] {
  const { patching } = distribution;
  const types = instanceTypes[architecture][patching === 'windows' ? 'windows' : 'linux'];
  const agent = withoutAgent.has(patching) && source.channel === undefined;
  return [
    `  instanceTypes: [${types}] # the first with capacity`,
    ...(agent ? ['  installAgent: true # the pipeline reaches the builder only through the SSM agent'] : []),
    ...(base === undefined && patching === 'windows'
      ? ['  rootVolume:', '    sizeGiB: 50']
      : kmsKey
        ? ['  rootVolume:']
        : []),
    ...(kmsKey === undefined
      ? []
      : ['    encrypted: true', `    kmsKey: ${plain(kmsKey)} # shared with every account that launches the image`]),
  ];
}

const list = (texts: string[]) => `[${texts.map(quote).join(', ')}]`;

function targetLines({ regions, accounts, organizations, kmsKey }: StarterAnswers): string[] {
  const shared = accounts.length > 0 || organizations.length > 0;
  return regions.flatMap((region) => [
    `  - region: ${plain(region)}${region === homeRegion ? ` # where the pipeline runs${shared ? '' : '; shared with nobody'}` : ''}`,
    ...(accounts.length > 0 ? [`    accounts: ${list(accounts)}`] : []),
    ...(organizations.length > 0 ? [`    organizations: ${list(organizations)}`] : []),
    ...(kmsKey !== undefined && region !== homeRegion
      ? [`    kmsKey: ${plain(kmsKey)} # keys are regional: one with this alias is needed here, too`]
      : []),
  ]);
}

/** The text of a first recipe. The schema and the rules judge the answers: parse the text before it is written. */
export function starterRecipe(answers: StarterAnswers): string {
  const { name, distribution, channel, schema } = answers;
  const source = sourceOf(answers);
  const title =
    source.channel === undefined ? `${distribution.title}, patched` : `${distribution.title} on ${source.channel}`;
  return `# yaml-language-server: $schema=${schema}
# ${title}. Every key is described in docs/recipe.md, and longer recipes to copy from are in examples/.
name: ${plain(name)}
description: ${title}

source:
${sourceLines(source).join('\n')}

builder:
${builderLines(answers, source).join('\n')}

${provisionSection(distribution.patching)}

${checksSection(distribution.patching)}

image:
  tags: { os: ${plain(distribution.os)} }

distribute:
${targetLines(answers).join('\n')}

publish: { channel: ${plain(channel)} } # servers boot from this channel
triggers: # once the deployment has automaticBuilds=on
  schedule: cron(0 3 ? * SUN *) # Sundays at 03:00
  onSourceUpdate: true
retire: # weekly images would pile up; an image that a channel, a rollback or anybody uses stays
  keep: 3
  deprecateAfter: 30d
  disableAfter: 60d
  deregisterAfter: 90d
`;
}

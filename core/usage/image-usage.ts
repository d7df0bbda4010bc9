import type { InstanceUse, OtherAccounts, UsingAccount } from './uses.ts';

/**
 * The result of a look-up: its answer, or the reason why it has none. An unknown answer does not mean that nobody uses the AMI. Code that
 * disables or removes AMIs must keep an AMI with an unknown answer.
 */
export type Evidence<T> = { known: T; unknown?: never } | { known?: never; unknown: string };

/** An AMI that was made from another one, by EC2's ancestry or by the plan of its build. */
export interface ImageChild {
  region: string;
  ami: string;
  name: string;
  state: string;
  /** Steps of the line between the two: 1 for an AMI that was made directly from the other one. */
  generation: number;
  /** Its build, by its tags. Absent if no build of this pipeline made it. */
  recipe?: string;
  build?: string;
}

/**
 * Who uses an AMI in one region, as far as AWS tells the account that owns it. These look-ups do not see Auto Scaling groups with launch
 * configurations, fleets or other services that name the AMI themselves, unless an instance of theirs exists.
 */
export interface ImageUsage {
  region: string;
  ami: string;
  /** The account that owns the AMI. All look-ups but `others` see only this account. */
  account: string;
  /** When AWS was asked, ISO 8601. */
  at: string;
  /** Instances that exist, running or stopped. An instance of an Auto Scaling group names its group. */
  instances: Evidence<InstanceUse[]>;
  /** Ids of launch templates with the AMI in any version. Auto Scaling groups without an instance show here. */
  templates: Evidence<string[]>;
  /** Names of SSM parameters that hold the AMI, those of our channels among them. */
  parameters: Evidence<string[]>;
  /** ARNs of Image Builder recipes that start from the AMI. */
  recipes: Evidence<string[]>;
  /** AMIs made from it. Copies of the same build do not count. */
  children: Evidence<ImageChild[]>;
  /** Other accounts, by EC2's usage report. */
  others: Evidence<OtherAccounts>;
  /** Whether EC2 is making a report, which is newer than the one in `others`. */
  reportUnderway: boolean;
  /** The last launch by any account. EC2 tells of a launch a day later: `until` is the end of the time that it has told of. */
  launched: Evidence<{ last?: string; until: string }>;
}

/** The look-ups that can show a use. `launched` only shows the past. */
const kinds = ['instances', 'templates', 'parameters', 'recipes', 'children', 'others'] as const;
type Kind = (typeof kinds)[number];

/** A use of an AMI, in words. */
export interface Use {
  kind: Kind;
  says: string;
}

const counted = (count: number, thing: string): string => `${count} ${thing}${count === 1 ? '' : 's'}`;

const named = (ids: string[], thing: string): string[] => (ids.length === 0 ? [] : [`${thing} ${ids.join(', ')}`]);

const saysInstance = ({ instance, state, group }: InstanceUse): string =>
  `instance ${instance} (${state}${group === undefined ? '' : `, of Auto Scaling group ${group}`})`;

/** What an account has of an AMI, in words. */
const saysAccount = ({ account, instances, templates, recipes }: UsingAccount): string =>
  `account ${account}: ${[
    ...(instances > 0 ? [counted(instances, 'instance')] : []),
    ...(templates > 0 ? [counted(templates, 'launch template')] : []),
    ...(recipes > 0 ? [counted(recipes, 'Image Builder recipe')] : []),
  ].join(', ')}`;

const saysChild = ({ region, ami, name, recipe, build }: ImageChild): string =>
  `${ami} in ${region}, ${recipe === undefined || build === undefined ? `"${name}", which is not ours` : `${recipe}-${build}`}`;

/** Every use that AWS has shown, in words. */
export function usesOf({ instances, templates, parameters, recipes, children, others }: ImageUsage): Use[] {
  const of = (kind: Kind, says: string[]): Use[] => says.map((one) => ({ kind, says: one }));
  return [
    ...of('instances', (instances.known ?? []).map(saysInstance)),
    ...of('templates', named(templates.known ?? [], 'launch template')),
    ...of('parameters', named(parameters.known ?? [], 'SSM parameter')),
    ...of('recipes', named(recipes.known ?? [], 'Image Builder recipe')),
    ...of(
      'children',
      (children.known ?? []).map((child) => `made from it: ${saysChild(child)}`),
    ),
    ...of(
      'others',
      (others.known?.accounts ?? []).map((one) => `${saysAccount(one)} (as of ${others.known?.reportedAt})`),
    ),
  ];
}

/** Every look-up that proves nothing, with its reason. With one of them, the AMI does not count as unused. */
export const unknownOf = (usage: ImageUsage): string[] =>
  ([...kinds, 'launched'] as const).flatMap((kind) => {
    const { unknown } = usage[kind];
    return unknown === undefined ? [] : [`${words[kind]}: ${unknown}`];
  });

const words: Record<Kind | 'launched', string> = {
  instances: 'instances',
  templates: 'launch templates',
  parameters: 'SSM parameters',
  recipes: 'Image Builder recipes',
  children: 'AMIs made from it',
  others: 'other accounts',
  launched: 'last launch',
};

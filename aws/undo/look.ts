import { lastingFailure } from '../../core/errors.ts';
import type { Plan } from '../../core/build/plan.ts';
import { templateVersion } from '../../core/publish/launch-templates.ts';
import type { UndoScope } from '../../core/undo/scope.ts';
import type { BuildSeen } from '../../core/undo/undo.ts';
import type { Connection } from '../connection.ts';
import { findBuildImages } from '../images/images.ts';
import { readParameter } from '../parameters.ts';
import { findTaggedInstances, findTaggedSnapshots, findTaggedVolumes, imageThing } from '../tagged.ts';

/** The actions that lookAtBuild calls. */
export const listingPermissions = [
  'ec2:DescribeImages',
  'ec2:DescribeInstances',
  'ec2:DescribeSnapshots',
  'ec2:DescribeVolumes',
];

/**
 * Lists everything of a scope that a build made, once. A listing that AWS refuses is part of the answer, so that what is known is still
 * undone and reported.
 * @throws AwsTransient if AWS has no time for one of the listings.
 */
export async function lookAtBuild(
  aws: Connection,
  plan: Plan,
  {
    instances: withInstances,
    imports: withImports,
    regions,
    channels,
    takesBack,
  }: Omit<UndoScope, 'published' | 'keeps'>,
): Promise<BuildSeen> {
  const unseen: BuildSeen['unseen'] = [];
  const home = aws.region;
  async function unlessRefused<T>(what: Omit<BuildSeen['unseen'][number], 'answer'>, list: () => Promise<T[]>) {
    try {
      return await list();
    } catch (error) {
      unseen.push({ ...what, answer: lastingFailure(error).message });
      return [];
    }
  }
  const instancesAndVolumes = async () => {
    const instances = await unlessRefused({ of: 'instance', region: home }, () => findTaggedInstances(aws, home, plan));
    // Volumes go with their instance. The look that finds the instance gone lists those that are left.
    if (instances.some(({ state }) => state === 'shutting-down')) return instances;
    const list = () => findTaggedVolumes(aws, home, plan.account, plan);
    return [...instances, ...(await unlessRefused({ of: 'volume', region: home }, list))];
  };
  const imports = () =>
    unlessRefused({ of: 'import', region: home }, async () =>
      // Loaded here: few recipes import their disk.
      (await import('./imports.ts')).findImports(aws, plan.account, plan),
    );
  const images = regions.map(async (region) => {
    // Snapshots first: an AMI that comes to light between the two listings still protects its snapshots.
    const snapshots = await unlessRefused({ of: 'snapshot', region }, () => findTaggedSnapshots(aws, region, plan));
    const made = await unlessRefused({ of: 'image', region }, () => findBuildImages(aws, region, plan));
    return [...made.map(imageThing), ...snapshots];
  });
  const values = channels.map(({ region, parameter }) =>
    unlessRefused({ of: 'channel', region, parameter }, async () => [
      { region, parameter, ami: await readParameter(aws, region, parameter) },
    ]),
  );
  const templates = (takesBack && !takesBack.complete ? (takesBack.templates ?? []) : []).map((entry) =>
    unlessRefused({ of: 'template', region: entry.region }, async () => {
      const { readTemplate } = await import('../instances/launch-templates.ts');
      const ours = { ami: entry.ami, description: templateVersion(plan, entry.ami) };
      return [{ ...entry, seen: await readTemplate(aws, entry.region, { id: entry.template }, ours) }];
    }),
  );
  const listed = await Promise.all([
    Promise.all([...(withInstances ? [instancesAndVolumes()] : []), ...(withImports ? [imports()] : []), ...images]),
    Promise.all(values),
    Promise.all(templates),
  ]);
  return { unseen, things: listed[0].flat(), channels: listed[1].flat(), templates: listed[2].flat() };
}

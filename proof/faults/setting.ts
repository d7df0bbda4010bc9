import { defaultSettings, type DeploymentSettings } from '../../core/deployment/deployment-settings.ts';
import type { Interference } from '../../simulator/pipeline/interference.ts';
import { createSimulation, type Simulation } from '../../simulator/pipeline/simulation.ts';
import type { FaultScenario, Shape } from './vocabulary.ts';

export const pipelineAccount = '222233334444';
export const pipelineHome = 'us-east-1';
const consumer = '444455556666';
/** The account that copies an image. */
export const borrower = '555566667777';
const organization = 'arn:aws:organizations::111122223333:organization/o-exampleorgid';
export const parameter = '/golden/base/stable';
export const olderBuild = '20260101-000000-0a0a';

export const usualShape: Shape = {
  targets: [
    { region: pipelineHome, required: true, share: 'account' },
    { region: 'eu-west-1', required: true, share: 'both' },
    { region: 'ap-southeast-2', required: false, share: 'organization' },
  ],
  steps: ['run', 'reboot'],
  checks: 2,
  capture: 'stopped',
  channel: true,
  past: true,
};

export const shapeOf = ({ shape = usualShape }: FaultScenario): Shape => shape;

/** Every region in which a build of this shape can have resources. */
export const regionsOf = ({ targets }: Shape): string[] => [
  ...new Set([pipelineHome, ...targets.map(({ region }) => region)]),
];

/** The accounts that may launch a target's AMI, and those that may read its snapshots. */
export function sharingOf({ share }: Shape['targets'][number]): { accounts: string[]; organizations: string[] } {
  return {
    accounts: share === 'account' || share === 'both' ? [consumer] : [],
    organizations: share === 'organization' || share === 'both' ? [organization] : [],
  };
}

/** A deployment that allows exactly what a recipe of this shape needs. */
export function settingsOf(scenario: FaultScenario): DeploymentSettings {
  const { targets } = shapeOf(scenario);
  const shared = targets.map(sharingOf).flatMap(({ accounts, organizations }) => [...accounts, ...organizations]);
  const isRecipeBeyond = scenario.beyond === 'recipe';
  // A share changes who may use the images.
  if (scenario.operation) shared.push(consumer, organization);
  return {
    ...defaultSettings,
    automaticBuilds: true,
    documents: [],
    regions: isRecipeBeyond ? [] : targets.map(({ region }) => region).filter((region) => region !== pipelineHome),
    shareWith: isRecipeBeyond ? [] : [...new Set([...shared, ...(scenario.lent === undefined ? [] : [borrower])])],
    documentationIds: 'allowed',
  };
}

/** The input of the execution. */
export const startInput = ({ beyond, follows }: FaultScenario): Record<string, unknown> => ({
  recipe: 'base',
  // The build before it has the same content.
  ...(follows && { force: true }),
  ...(beyond === 'start' && {
    overrides: {
      builder: { instanceProfile: 'administrator' },
      distribute: [{ region: 'us-west-2', kmsKey: 'alias/golden-us-west-2', accounts: ['555566667777'] }],
    },
  }),
});

const templateName = 'web';

/** The security groups of a recipe that holds instances. A held instance leaves the first, which lets something in. */
const groups = [
  { id: 'sg-0a11000000000000a', ingress: 'all' },
  { id: 'sg-0a11000000000000b', ingress: 'none' },
];

const sourceDisk = 'snap-0d15c0d15c0d15c00';
const sourceFile = { file: 's3://disks/web.vmdk', format: 'vmdk' };
const amazonLinux = {
  parameter: '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64',
  owner: 'amazon',
};

const recipeOf = (
  { targets, steps, checks, capture, register, disk, file, channel, keep, hold, more, spot }: Shape,
  { late = false, slow, lent, stumbles }: Pick<FaultScenario, 'late' | 'slow' | 'lent' | 'stumbles'>,
) => ({
  name: 'base',
  description: 'a base image',
  source: disk
    ? { disk: { ...(file ? sourceFile : { snapshot: sourceDisk }), architecture: 'x86_64' }, owner: 'self' }
    : amazonLinux,
  builder: {
    instanceTypes: ['t3.small'],
    ...(spot && { spot }),
    ...(hold && { securityGroups: groups.map(({ id }) => id) }),
    rootVolume: { sizeGiB: 8, encrypted: true, kmsKey: 'alias/golden' },
  },
  provision: (disk ? [] : steps).map((kind, index) => ({
    name: `${kind}-${index + 1}`,
    ...(kind === 'run' ? { run: 'dnf -y upgrade' } : { reboot: true }),
    ...(stumbles && kind === 'run' && (index === 0 ? { retry: { attempts: 3 } } : { onFailure: 'continue' })),
  })),
  checks: Array.from({ length: checks }, (_, index) => ({ name: `check-${index + 1}`, run: 'true' })),
  image: disk ? {} : { capture, ...(register && { register }) },
  distribute: targets.map((target) => ({
    region: target.region,
    required: target.required,
    // The recipe's disks are encrypted, so sharing needs a named key. The home region uses the builder's key.
    kmsKey: target.region === pipelineHome ? 'alias/golden' : `alias/golden-${target.region}`,
    ...sharingOf(target),
    ...(target.region === slow && { completeWithin: '15m' }),
    ...(target.region === lent && { copyTo: [{ account: borrower, kmsKey: 'alias/theirs', publish: channel }] }),
    ...(more && { launchTemplate: { name: templateName, setDefault: target.region === pipelineHome } }),
  })),
  ...(channel && { publish: { channel: 'stable', ...(more && { watermark: true }) } }),
  ...(late && { copies: 'after-checks' }),
  ...(keep && { onFailure: 'keep-image' }),
  ...(hold && { onFailure: 'hold', holdFor: '10m' }),
});

/** The recipe with other users in every target. */
export function sharedOtherwise(scenario: FaultScenario): object {
  const others = { nobody: 'account', account: 'organization', organization: 'both', both: 'nobody' } as const;
  const shape = shapeOf(scenario);
  const targets = shape.targets.map(({ share, ...rest }) => ({ ...rest, share: others[share] }));
  return recipeOf({ ...shape, targets }, scenario);
}

/** A recipe whose source is the image of the other one. */
const childOf = (scenario: FaultScenario) => ({
  ...recipeOf(shapeOf(scenario), scenario),
  name: 'child',
  source: { channel: 'base/stable' },
});

/** Two variants of a recipe. */
export const variantNames = ['pair-one', 'pair-two'];

/** The recipe before further targets came to it. */
export const narrowRecipe = (scenario: FaultScenario) =>
  recipeOf({ ...shapeOf(scenario), targets: shapeOf(scenario).targets.slice(0, 1) }, scenario);

/** The pipeline, and the catalog that its Resolve reads. In every region its channel may hold an image of a build that was published earlier. */
export function pipelineWithPast(
  scenario: FaultScenario,
  interfere: Interference,
  onLog: (line: Record<string, unknown>) => void,
): { simulation: Simulation; recipes: Record<string, object> } {
  const shape = shapeOf(scenario);
  const { fails, slow, stumbles, seed, rough, rates } = scenario;
  const isCopy = shape.targets.some(({ region }) => region === fails);
  const isVaried = scenario.operation?.includes('variants');
  const recipes: Record<string, object> = {
    base: recipeOf(shape, scenario),
    ...(scenario.operation?.includes('descendants') && { child: childOf(scenario) }),
    ...(isVaried && Object.fromEntries(variantNames.map((name) => [name, { ...recipeOf(shape, scenario), name }]))),
  };
  const simulation = createSimulation({
    catalog: { recipes, scripts: {}, version: '', ...(isVaried && { variants: { pair: variantNames } }) },
    interfere,
    onLog,
    settings: settingsOf(scenario),
    ...(scenario.told && { regionStacks: regionsOf(shape).filter((region) => region !== pipelineHome) }),
    rough,
    rates,
    ...(seed !== undefined && { seed }),
    scenario: {
      ...(shape.hold && { network: { securityGroups: groups } }),
      commands: [
        ...(fails !== undefined && !isCopy ? [{ step: fails, exitCode: 1, stderr: 'it failed by itself' }] : []),
        ...(stumbles
          ? [
              { step: 'run-1', exitCode: 1, times: 2 },
              { step: 'run-2', exitCode: 1 },
            ]
          : []),
      ],
      ...(isCopy && { images: [{ region: fails, name: 'base-*', fail: 'it failed by itself', afterSeconds: 90 }] }),
      ...(slow !== undefined && { images: [{ region: slow, name: 'base-*', afterSeconds: 6 * 3600 }] }),
    },
  });
  if (shape.past && shape.channel) publishEarlier(simulation, shape);
  if (shape.more) makeTemplates(simulation, shape);
  const system = { name: 'AmazonLinux', agent: true } as const;
  if (shape.file) simulation.cloud.addDiskFile({ bucket: 'disks', key: 'web.vmdk', region: pipelineHome });
  else if (shape.disk)
    simulation.cloud.addSnapshot({ id: sourceDisk, owner: pipelineAccount, region: pipelineHome, system });
  return { simulation, recipes };
}

function makeTemplates({ cloud }: Simulation, { targets }: Shape): void {
  const TagSpecifications = [{ ResourceType: 'launch-template', Tags: [{ Key: 'golden:recipe', Value: 'base' }] }];
  const LaunchTemplateData = { ImageId: 'ami-0123456789abcdef0' };
  for (const { region } of targets) {
    const create = cloud.services.ec2['CreateLaunchTemplate'];
    const input = { LaunchTemplateName: templateName, LaunchTemplateData, TagSpecifications };
    create?.(input, { account: pipelineAccount, region });
  }
}

function publishEarlier({ cloud, clock }: Simulation, shape: Shape): void {
  for (const { region } of shape.targets) {
    const tags = new Map([
      ['golden:recipe', 'base'],
      ['golden:build', olderBuild],
      ['golden:role', 'image'],
    ]);
    const createdAt = clock.now() - 86_400_000;
    const { id } = cloud.addImage({ region, owner: pipelineAccount, name: `base-${olderBuild}`, createdAt, tags });
    cloud.setParameter(region, parameter, id);
  }
}

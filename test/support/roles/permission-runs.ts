// Simulated builds that together make every function use all its permissions.
import { atTheFoot } from '../../../core/launch/ladder.ts';
import type { Action } from '../../../simulator/aws/calls/actions.ts';
import type { DiskFile } from '../../../simulator/aws/ec2/images/import-snapshot.ts';
import type { Interference } from '../../../simulator/pipeline/interference.ts';
import { createSimulation, type Simulation } from '../../../simulator/pipeline/simulation.ts';
import type { Execution } from '../../../simulator/states/step-functions.ts';
import type { DeploymentPlace } from './iam.ts';
import { plantImage, plantInstance, plantVolume, sweepNow } from '../orphans.ts';
import { ours } from '../template/packaged-template.ts';
import { catalogWithFiles, tooLargeForSsm } from '../carried.ts';
import { planOf } from '../plan.ts';
import {
  account,
  build,
  consumer,
  imageIn,
  launched,
  manifestIn,
  onlyManifest,
  pipeline as withoutAnswers,
  recipe,
  type Setting,
  stopAt,
  stoppedAt,
  targets,
  unheard,
} from '../pipeline.ts';
import { variedPipeline } from '../variants.ts';
import { day, al2023, buildSeconds, childOf, follower, hour, triggered } from '../triggered.ts';

export interface PermissionRun {
  name: string;
  /** Status of the last build, or the error it failed with. */
  outcome: string;
  simulation: () => Promise<[Simulation, Execution]>;
}

const { home, copied, optional } = targets;
const short = { distribute: [home], provision: [recipe.provision[0]] };
const long = { stdout: `${'progress\n'.repeat(4000)}disk is full\n`, exitCode: 7 };
const refused = (action: string, more: object = {}) => ({
  api: [{ action, error: 'AccessDeniedException', message: 'no', times: 1, ...more }],
});

/** A filter that finds images of both architectures. */
const filtered = follower('filtered', { source: { filter: { name: 'al2023-ami-2023.9.*' }, owner: 'amazon' } });

/** AWS looks properties of resources up when it authorizes a call. The judge finds them in answers. */
const pipeline = (setting: Setting = {}): Simulation => withoutAnswers({ ...setting, answers: true });

const one = (
  name: string,
  outcome: string,
  setting: Setting,
  meanwhile?: (simulation: Simulation) => void,
): PermissionRun => ({
  name,
  outcome,
  async simulation() {
    const simulation = pipeline(setting);
    meanwhile?.(simulation);
    return [simulation, await build(simulation)];
  },
});

/** Acts when a state is entered, before its function is called. */
const entering = (state: string, work: (simulation: Simulation) => void) => (simulation: Simulation) =>
  simulation.stepFunctions.onEvent((_, event) => {
    if ((event['stateEnteredEventDetails'] as { name?: string } | undefined)?.name === state) work(simulation);
  });

const terminate = (role: string) => (simulation: Simulation) => {
  const InstanceIds = launched(simulation, role).map(({ id }) => id);
  simulation.cloud.services.ec2['TerminateInstances']?.({ InstanceIds }, { account, region: 'us-east-1' });
};

/** Denies the builder's writes to the bucket. */
const loseOutput = ({ cloud, bucket }: Simulation) => {
  const { objects } = cloud.world.buckets.get(bucket) ?? {};
  const set = objects?.set.bind(objects);
  if (objects && set) objects.set = (key, object) => (key.startsWith('commands/') ? objects : set(key, object));
};

/** A source image with a disk that is not deleted with its instances. */
const withLastingDisk = (check: 'pass' | 'fail'): PermissionRun => ({
  name: `disks outlive their instances where the checks ${check}, and no output reaches the bucket`,
  outcome: check === 'pass' ? 'SUCCEEDED' : 'CheckFailed',
  async simulation() {
    const failing = check === 'fail' && { commands: [{ step: 'boots', ...long }] };
    const simulation = pipeline({
      scenario: { delays: { instanceStop: 200 }, ...failing }, // so long that an event tells of the stop
      changes: {
        ...short,
        source: { filter: { name: 'two-disks' }, owner: 'self' },
        builder: { ...recipe.builder, disk: { throughput: 250 } },
      },
    });
    loseOutput(simulation);
    const disk = { sizeGiB: 8, type: 'gp3', encrypted: false };
    simulation.cloud.addImage({
      name: 'two-disks',
      owner: account,
      region: 'us-east-1',
      mappings: [
        { ...disk, device: '/dev/xvda', deleteOnTermination: true },
        { ...disk, device: '/dev/sdb', deleteOnTermination: false },
      ],
    });
    return [simulation, await build(simulation)];
  },
});

/** Copies in two accounts. The second one is optional there. */
export const intoAccounts = {
  ...short,
  distribute: [
    {
      region: 'home',
      kmsKey: 'alias/golden',
      copyTo: [
        { account: ours[0], kmsKey: 'alias/theirs', accounts: [consumer], publish: true, externalId: 'golden-42' },
      ],
    },
    { region: 'eu-west-1', kmsKey: 'alias/golden-eu', required: false, copyTo: [{ account: ours[1] }] },
  ],
};

/** AWS refuses an action in one account. */
const refusedIn = (refusing: string | undefined, refusedAction: string): Interference => ({
  call: ({ account: of, action }) =>
    of === refusing && action === refusedAction
      ? { error: 'AccessDeniedException', message: 'no', effect: false }
      : undefined,
});

/** A pipeline whose recipe has a file with a disk. */
function importing(setting: Setting = {}, format: DiskFile['format'] = 'vmdk'): Simulation {
  const disk = { file: 's3://disks/web.vmdk', format: 'vmdk', architecture: 'x86_64' };
  const simulation = pipeline({ ...setting, changes: { ...short, source: { disk, owner: 'self' }, provision: [] } });
  simulation.cloud.addDiskFile({ bucket: 'disks', key: 'web.vmdk', region: 'us-east-1' }, { format });
  return simulation;
}
const diesImporting = { enter: (state: string) => (state === 'AwaitImport' ? ('ABORTED' as const) : undefined) };

const unbuilt = {
  recipe: 'base',
  build: '20261123-030000-0000',
  execution: {
    id: 'arn:aws:states:us-east-1:222233334444:execution:golden-build-image:none',
    startedAt: '2026-11-23T03:00:00Z',
  },
};
const ladder = atTheFoot(planOf());
const readsPlan = {
  Launch: { ladder },
  SendCommand: { instance: 'i-1', index: 0 },
  CreateImage: { instance: 'i-1' },
  CreateSnapshots: { instance: 'i-1' },
  CopySnapshot: {},
  ImportSnapshot: {},
  RegisterImage: { disks: [] },
  LaunchCandidate: { ami: 'ami-1', ladder },
  KeepUnjudged: {},
  SendCheck: { instance: 'i-1', index: 0 },
  CopyImage: { region: 'us-east-1', ami: 'ami-1' },
  GrantPermissions: { region: 'us-east-1', copy: { ami: 'ami-1' } },
  CopyIntoAccount: { region: 'us-east-1', account: ours[0] },
  FinishAccountCopy: { region: 'us-east-1', account: ours[0], outcome: {} },
  Verify: { distribution: [], intoAccounts: [] },
  RecordUpToDate: { published: '20261123-030000-0000', notes: [] },
  AwaitOthers: { taskToken: 'token', since: '2026-11-23T03:00:00Z' },
  AwaitVariants: { taskToken: 'token', since: '2026-11-23T03:00:00Z' },
  CleanUp: {
    taskToken: 'token',
    since: '2026-11-23T03:00:00Z',
    image: { ami: 'ami-1', snapshots: [] },
    targets: [],
    copiedTo: [],
    published: { written: false },
  },
};

/** Invokes each function that reads the plan without a plan, as a manual invocation could. */
const unplanned: PermissionRun = {
  name: 'there is no plan',
  outcome: 'StageInputInvalid',
  async simulation() {
    const simulation = pipeline();
    const [region, service] = ['us-east-1', 'golden-image-dev'];
    const executions: Execution[] = [];
    for (const [state, input] of Object.entries(readsPlan)) {
      const FunctionName = `arn:aws:lambda:${region}:${account}:function:${service}-${state}`;
      const Parameters = { FunctionName, Payload: { build: unbuilt, ...input } };
      const task = { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Parameters, End: true };
      const definition = JSON.stringify({ StartAt: state, States: { [state]: task } });
      const stateMachineArn = simulation.stepFunctions.createStateMachine({ name: state, region, definition });
      const start = simulation.stepFunctions.actions['StartExecution'] as Action;
      const started = start({ stateMachineArn, name: state, input: '{}' }, { account, region });
      executions.push(await simulation.finish((started as { executionArn: string }).executionArn));
    }
    // A function that waits reports through its token instead of failing.
    return [simulation, executions.find(({ error }) => error !== 'StageInputInvalid' && error) ?? executions[0]!];
  },
};

/** Two variants are published together. Then one of them dies, and the other one with it. */
const withVariants: PermissionRun = {
  name: 'variants are published together, and die together',
  outcome: 'VariantFailed',
  async simulation() {
    let dies = false;
    const simulation = variedPipeline({
      answers: true,
      interfere: {
        enter: (state, _, { execution }) =>
          dies && state === 'AwaitOthers' && execution.name.startsWith('base-arm64') ? 'ABORTED' : undefined,
      },
    });
    await build(simulation);
    await build(simulation); // both are up to date
    dies = true;
    const last = await build(simulation, { recipe: 'base', force: true });
    await simulation.pass(hour);
    return [simulation, last];
  },
};

/** Builds ended by themselves and by a clean-up, with resources that appear later. */
const swept: PermissionRun = {
  name: 'a sweep finds everything there can be, and so does the next',
  outcome: 'SUCCEEDED',
  async simulation() {
    const dies = { enter: (state: string) => (state === 'AwaitBuilder' ? ('ABORTED' as const) : undefined) };
    const simulation = pipeline({ interfere: dies, changes: short });
    await build(simulation);
    await simulation.pass(3600);
    const { build: id } = onlyManifest(simulation)!;
    const found = { build: id, expiresIn: -1 };
    await simulation.pass(day);
    plantInstance(simulation, { ...found, region: 'sa-east-1' });
    plantImage(simulation, { ...found, region: 'eu-west-1' });
    plantVolume(simulation, { ...found, region: 'sa-east-1' });
    await sweepNow(simulation);
    plantVolume(simulation, found);
    return [simulation, await sweepNow(simulation)];
  },
};

/** Its execution ended without anybody hearing of it, when its builder was stopped: one that runs ends itself. */
const sweptUnheard: PermissionRun = {
  name: 'a build that was swept is started again',
  outcome: 'RecipeInvalid',
  async simulation() {
    const simulation = pipeline({ ...unheard, changes: short });
    const id = await stoppedAt(simulation, 'AwaitImage');
    await simulation.pass(8 * day);
    await sweepNow(simulation);
    await simulation.pass(2 * 3600);
    return [simulation, await build(simulation, { recipe: 'base', build: id })];
  },
};

const makeTemplate = ({ cloud }: Simulation, region: string) =>
  void cloud.services.ec2['CreateLaunchTemplate']?.(
    {
      LaunchTemplateName: 'web',
      LaunchTemplateData: { InstanceType: 't3.small' },
      TagSpecifications: [{ ResourceType: 'launch-template', Tags: [{ Key: 'golden:recipe', Value: 'base' }] }],
    },
    { account, region },
  );

/** Launch templates of two regions, and a publish that is taken back after it made versions of them. */
const templated: PermissionRun = {
  name: 'launch templates get versions, and lose those of a publish that fails',
  outcome: 'PublishFailed',
  async simulation() {
    const launchTemplate = { name: 'web', setDefault: true };
    const distribute = [home, copied].map((target) => ({ ...target, launchTemplate }));
    const scenario = refused('ec2:ModifyLaunchTemplate', { region: 'eu-west-1', call: 2 });
    const publish = { channel: 'stable', watermark: true };
    const changes = { distribute, publish, onFailure: 'keep-image' };
    const simulation = pipeline({ changes, scenario });
    for (const { region } of distribute) makeTemplate(simulation, region);
    await build(simulation);
    return [simulation, await build(simulation, { recipe: 'base', force: true })];
  },
};

/** Moves that succeed, fail in a region, and are stopped while they hold the channel. */
const moved: PermissionRun = {
  name: 'channels are moved by hand, and a move dies',
  outcome: 'SUCCEEDED',
  async simulation() {
    const delays = { parameterValidation: 0 };
    const launchTemplate = { name: 'web', setDefault: true };
    const [own] = intoAccounts.distribute;
    const distribute = [{ ...home, ...own, launchTemplate }, copied];
    const simulation = pipeline({ changes: { distribute }, scenario: { delays } });
    makeTemplate(simulation, 'us-east-1');
    const { ssm } = simulation.cloud.services;
    const { PutParameter: put } = ssm;
    const move = (input: object) => simulation.finish(simulation.move({ recipe: 'base', ...input }));
    const interrupted = async (input: object, work: (execution: string) => void) => {
      const execution = simulation.move({ recipe: 'base', ...input });
      let writes = 0;
      ssm['PutParameter'] = (request, from) => {
        if (++writes !== 2) return put?.(request, from);
        work(execution);
        throw Object.assign(new Error('no'), { name: 'AccessDeniedException' });
      };
      await simulation.finish(execution);
      ssm['PutParameter'] = put as NonNullable<typeof put>;
    };
    const stop = (executionArn: string) =>
      void simulation.stepFunctions.actions['StopExecution']?.({ executionArn }, { account, region: 'us-east-1' });
    await build(simulation);
    await build(simulation, { recipe: 'base', force: true });
    // So the first rollback makes a version of its launch template, and its undoing deletes that version.
    const [template] = simulation.cloud.world.region('us-east-1').launchTemplates.values();
    template?.versions.splice(1, 1);
    await move({ verb: 'promote', channel: 'prod' });
    await interrupted({ verb: 'promote', channel: 'canary' }, () => undefined);
    await interrupted({ verb: 'rollback' }, () => undefined);
    await interrupted({ verb: 'rollback' }, stop);
    const { ec2 } = simulation.cloud.services;
    const { ModifyLaunchTemplate: modify } = ec2;
    ec2['ModifyLaunchTemplate'] = (input, from) => {
      modify?.(input, from);
      ec2['ModifyLaunchTemplate'] = modify as NonNullable<typeof modify>;
      throw Object.assign(new Error('no'), { name: 'UnauthorizedOperation' });
    };
    await move({ verb: 'rollback' });
    await move({ verb: 'rollback' });
    await build(simulation, { recipe: 'base', force: true });
    await interrupted({ verb: 'rollback' }, stop);
    return [simulation, await build(simulation, { recipe: 'base', force: true })];
  },
};

/** Somebody shared a published image with others. EC2 refuses the change in one region at first. */
const shared: PermissionRun = {
  name: 'who may use published images is made what the recipe says',
  outcome: 'SUCCEEDED',
  async simulation() {
    const copyTo = [{ account: ours[0], kmsKey: 'alias/theirs', accounts: [consumer] }];
    const simulation = pipeline({ changes: { distribute: [{ ...home, copyTo }, copied] } });
    const share = (input: object = {}) => simulation.finish(simulation.share({ recipe: 'base', ...input }));
    await build(simulation);
    for (const region of ['us-east-1', 'eu-west-1']) {
      const image = imageIn(simulation, region);
      image.permissions = [{ UserId: '777788889999' }];
      const { snapshots } = simulation.cloud.world.region(region);
      for (const { snapshot = '' } of image.mappings) snapshots.get(snapshot)?.sharedWith.clear();
    }
    const { images } = simulation.cloud.world.region('us-east-1');
    for (const image of images.values()) if (image.owner === ours[0]) image.permissions = [];
    const { ModifyImageAttribute: modify } = simulation.cloud.services.ec2;
    simulation.cloud.services.ec2['ModifyImageAttribute'] = () => {
      throw Object.assign(new Error('no'), { name: 'UnauthorizedOperation' });
    };
    await share();
    simulation.cloud.services.ec2['ModifyImageAttribute'] = modify as NonNullable<typeof modify>;
    await share({ plan: true });
    return [simulation, await share()];
  },
};

/** Old images go through all steps. EC2 refuses one of them in another account at first, and deletes no snapshot in a region. */
const retired: PermissionRun = {
  name: 'old images are retired',
  outcome: 'SUCCEEDED',
  async simulation() {
    const retire = { keep: 3, deprecateAfter: '1d', disableAfter: '2d', deregisterAfter: '3d' };
    const copyTo = [{ account: ours[0], kmsKey: 'alias/theirs' }];
    const simulation = pipeline({
      changes: { distribute: [{ ...home, copyTo }, copied], retire },
      scenario: { undeleted: [{ region: 'eu-west-1', code: 'internal-error' }] },
    });
    const run = async (input: object) => {
      await simulation.pass(day);
      return simulation.finish(simulation.retire(input));
    };
    const ids: string[] = [];
    for (let count = 0; count < 4; count++)
      ids.push(manifestIn(simulation, await build(simulation, { recipe: 'base', force: true })).build);
    // The last launches of the candidates must be long ago.
    await simulation.pass(20 * day);
    const { ec2 } = simulation.cloud.services;
    const { DisableImage: real } = ec2;
    ec2['DisableImage'] = (input, from) => {
      if (from.account === ours[0]) throw Object.assign(new Error('no'), { name: 'UnauthorizedOperation' });
      return real?.(input, from);
    };
    for (let status = ''; status !== 'FAILED';) ({ status } = await run({}));
    ec2['DisableImage'] = real as NonNullable<typeof real>;
    for (const input of [{}, {}, {}, {}, {}, {}, {}]) await run(input);
    const keep = { verb: 'deregister', recipe: 'base', build: ids[1], snapshots: 'keep' };
    await run({ ...keep, plan: true });
    return [simulation, await run({ ...keep, evenIfUsed: true })];
  },
};

/** An image is stored and restored, and EC2 gives up the first restore. */
const archived: PermissionRun = {
  name: 'an image is archived and restored',
  outcome: 'SUCCEEDED',
  async simulation() {
    const images = [{ name: '*-restored', fail: 'Internal error', afterSeconds: 30 }];
    const simulation = pipeline({ changes: { distribute: [home] }, scenario: { images } });
    const manifest = manifestIn(simulation, await build(simulation));
    const of = { recipe: manifest.recipe, build: manifest.build };
    const run = (verb: string) => simulation.finish(simulation.archive({ verb, ...of }));
    await run('archive');
    simulation.cloud.world.region('us-east-1').images.delete(manifest.image?.ami ?? '');
    await run('unarchive');
    simulation.cloud.world.heedRules(false);
    return [simulation, await run('unarchive')];
  },
};

/** A build that another was made from is revoked and restored, and revoking is refused in a region. */
const revoked: PermissionRun = {
  name: 'builds are revoked and restored',
  outcome: 'SUCCEEDED',
  async simulation() {
    const [own] = intoAccounts.distribute;
    const simulation = pipeline({ changes: { distribute: [{ ...home, ...own }, copied] } });
    const move = (input: object) => simulation.finish(simulation.move({ recipe: 'base', ...input }));
    await build(simulation);
    const { build: second } = manifestIn(simulation, await build(simulation, { recipe: 'base', force: true }));
    await build(simulation, { recipe: { ...recipe, ...short, name: 'child', source: { channel: 'base/stable' } } });
    const revoke = { verb: 'revoke', build: second, why: 'CVE', descendants: 'rebuild' };
    await move({ ...revoke, plan: true });
    const { ec2 } = simulation.cloud.services;
    for (const action of ['DisableImage', 'EnableImage'] as const) {
      const { [action]: real } = ec2;
      ec2[action] = (input, from) => {
        if (from.region === 'eu-west-1') throw Object.assign(new Error('no'), { name: 'UnauthorizedOperation' });
        return real?.(input, from);
      };
      await move(action === 'DisableImage' ? revoke : { verb: 'restore', build: second });
      ec2[action] = real as NonNullable<typeof real>;
      if (action === 'DisableImage') await move(revoke);
    }
    return [simulation, await move({ verb: 'restore', build: second })];
  },
};

/** Regions that came to a recipe after its build. EC2 refuses a copy at first, and the first image is gone at last. */
const distributed: PermissionRun = {
  name: 'a published image goes to further targets',
  outcome: 'SUCCEEDED',
  async simulation() {
    const copyTo = [{ account: ours[0], kmsKey: 'alias/theirs', publish: true }];
    const other = { ...recipe, name: 'other', distribute: [{ ...home, copyTo }, copied, optional] };
    const recipes = { base: { ...recipe, ...short } as object, other };
    const catalog = { recipes, scripts: {}, version: '1.0.0' };
    const simulation = createSimulation({ catalog, answers: true, scenario: { delays: { parameterValidation: 0 } } });
    const { build: id } = manifestIn(simulation, await build(simulation));
    const distribute = (asked: object = {}) => build(simulation, { recipe: 'base', build: id, distribute: asked });
    recipes.base = { ...recipe, distribute: [{ ...home, copyTo }, copied] };
    await distribute({ plan: true });
    const { CopyImage: copy } = simulation.cloud.services.ec2;
    simulation.cloud.services.ec2['CopyImage'] = () => {
      throw Object.assign(new Error('no'), { name: 'UnauthorizedOperation' });
    };
    await distribute();
    simulation.cloud.services.ec2['CopyImage'] = copy as NonNullable<typeof copy>;
    await distribute();
    imageIn(simulation, 'us-east-1').state = 'disabled';
    recipes.base = { ...recipe, distribute: [{ ...home, copyTo }, copied, optional] };
    return [simulation, await distribute()];
  },
};

/** Plans of a recipe that was never built, of one that is published, of a file with a disk, and of two that are wrong. */
const planned: PermissionRun = {
  name: 'a build is planned',
  outcome: 'SUCCEEDED',
  async simulation() {
    const publish = { channel: 'stable', watermark: true };
    const { instanceProfile: _, ...builder } = recipe.builder; // the role that reads the secrets is that of the recipe
    const [patch] = recipe.provision;
    const provision = [{ ...patch, secrets: { TOKEN: '/builders/token', DATABASE: 'secret:prod/db' } }];
    const distribute = [home, { ...copied, launchTemplate: { name: 'web' } }];
    const simulation = pipeline({ changes: { distribute, publish, builder, provision } });
    makeTemplate(simulation, 'eu-west-1');
    const { secrets } = simulation.cloud.world.region('us-east-1');
    for (const secret of secrets.values()) secret.key = 'alias/golden';
    const plan = (input: object = {}) => simulation.finish(simulation.plan({ recipe: 'base', ...input }));
    await plan();
    await build(simulation);
    await plan({
      overrides: {
        source: { parameter: null, ami: 'ami-0aaaaaaaaaaaaaaaa' },
        builder: { tenancy: 'host', hostId: 'h-0123456789abcdef0', candidateKeyPair: 'admin' },
      },
    });
    await plan({ overrides: { builder: { rootVolume: { kmsKey: null } } } });
    const open = [{ region: 'us-east-1', allowPublic: true }];
    await plan({
      overrides: {
        builder: { rootVolume: null, volumes: null, spot: true, network: { vpc: { Name: 'x' }, subnets: { a: 'b' } } },
        distribute: open,
        publish: { watermark: null },
      },
    });
    const source = { disk: { file: 's3://disks/web.vmdk', format: 'vmdk', architecture: 'x86_64' }, owner: 'self' };
    simulation.cloud.addDiskFile({ bucket: 'disks', key: 'web.vmdk', region: 'us-east-1' });
    await plan({ recipe: { ...recipe, ...short, name: 'web', source, provision: [], publish: undefined } });
    return [simulation, await plan()];
  },
};

const windows = {
  distribute: [home],
  source: { parameter: '/aws/service/ami-windows-latest/Windows_Server-2025-English-Full-Base', owner: 'amazon' },
  builder: { instanceTypes: ['t3.small'], instanceProfile: 'golden-image-builder' },
  checks: [{ name: 'boots', powershell: 'exit 0' }],
};

export const runs: PermissionRun[] = [
  withVariants,
  templated,
  moved,
  planned,
  distributed,
  shared,
  retired,
  archived,
  revoked,
  {
    name: 'everything is published, by an AWS so slow that every wait must beat',
    outcome: 'SUCCEEDED',
    async simulation() {
      const simulation = pipeline({
        scenario: { delays: { apiCall: 0.7 } },
        changes: { distribute: [home, copied] },
      });
      const first = await build(simulation);
      await build(simulation, { recipe: 'base', build: manifestIn(simulation, first).build });
      await build(simulation); // this one is up to date
      const child = { ...recipe, ...short, name: 'child', source: { channel: 'base/stable' } };
      return [simulation, await build(simulation, { recipe: child })];
    },
  },
  one(
    'the home region is no target, and the builder is captured running with many disks and a fast root',
    'SUCCEEDED',
    {
      changes: {
        image: { capture: 'running' },
        builder: {
          ...recipe.builder,
          disk: { throughput: 250 },
          rootVolume: { iops: 3_000 },
          volumes: ['f', 'g', 'h', 'i'].map((letter) => ({ device: `/dev/sd${letter}`, sizeGiB: 1 })),
        },
        distribute: [copied],
      },
    },
  ),
  {
    name: 'files are carried',
    outcome: 'SUCCEEDED',
    async simulation() {
      const { catalog } = await catalogWithFiles(
        { 'index.html': 'hello' },
        { distribute: [home], checks: [{ name: 'large', run: tooLargeForSsm }] },
      );
      const simulation = createSimulation({ catalog, answers: true });
      return [simulation, await build(simulation)];
    },
  },
  one('a target that may fail does', 'SUCCEEDED', {
    changes: { distribute: [home, optional] },
    scenario: { images: [{ region: 'ap-southeast-2', name: 'base-*', fail: 'no key', afterSeconds: 90 }] },
  }),
  one(
    'a step fails, and its long output did not reach the bucket',
    'ProvisionFailed',
    { changes: short, scenario: { commands: [{ step: 'patch', ...long, seconds: 75 }] } }, // so long that an event tells of it
    loseOutput,
  ),
  {
    name: 'a publish is refused where one channel was there before and another was not',
    outcome: 'PublishFailed',
    async simulation() {
      // Writes are visible at once; otherwise Compensate would come before them and find nothing to restore.
      const delays = { parameterValidation: 0 };
      const scenario = { delays, ...refused('ssm:PutParameter', { region: 'ap-southeast-2' }) };
      const simulation = pipeline({ scenario });
      await build(simulation, { recipe: 'base', overrides: { distribute: [home] } });
      return [simulation, await build(simulation)];
    },
  },
  one('EC2 takes builder and candidate away before they are of use', 'SUCCEEDED', {
    changes: short,
    scenario: {
      instances: ['builder', 'candidate'].map((role) => ({
        role,
        dies: { afterSeconds: 5, reason: 'Server.InternalError: Internal error on launch' },
        times: 1,
      })),
    },
  }),
  one('SSM cannot deliver a step and a check at first', 'SUCCEEDED', {
    changes: short,
    scenario: { commands: ['patch', 'boots'].map((step) => ({ step, status: 'Undeliverable', times: 1 })) },
  }),
  one('the builder dies early', 'BuilderFailed', { changes: short }, entering('AwaitBuilder', terminate('builder'))),
  one(
    'the builder dies before its step',
    'BuilderFailed',
    { changes: short },
    entering('SendCommand', terminate('builder')),
  ),
  one(
    'the candidate dies before its check',
    'BuilderFailed',
    { changes: short },
    entering('SendCheck', terminate('candidate')),
  ),
  {
    name: 'a build is stopped before its image is made, and started again',
    outcome: 'SUCCEEDED',
    async simulation() {
      const simulation = pipeline({ ...unheard, changes: short });
      const id = await stoppedAt(simulation, 'Seal');
      return [simulation, await build(simulation, { recipe: 'base', build: id })];
    },
  },
  one('EC2 takes a Spot Instance back', 'SUCCEEDED', {
    changes: {
      ...short,
      builder: {
        ...recipe.builder,
        spot: true,
        network: { vpc: { Name: 'build' }, subnets: { tier: 'private' } },
        imds: { tags: true, ipv6: true },
      },
    },
    scenario: { instances: [{ role: 'builder', dies: { afterSeconds: 60 }, times: 1 }] },
  }),
  one('builder and candidate run in a host resource group, and the candidate has a key pair', 'SUCCEEDED', {
    changes: {
      ...short,
      builder: {
        ...recipe.builder,
        tenancy: 'host',
        hostResourceGroup: 'arn:aws:resource-groups:us-east-1:111122223333:group/hosts',
        placementGroup: 'builders',
        candidateKeyPair: 'admin',
        licenses: [
          'arn:aws:license-manager:us-east-1:111122223333:license-configuration:lic-0123456789abcdef0123456789abcdef',
        ],
      },
    },
  }),
  one('builder and candidate run on a host', 'SUCCEEDED', {
    changes: { ...short, builder: { ...recipe.builder, tenancy: 'host', hostId: 'h-0123456789abcdef0' } },
  }),
  one('the builder dies while it stops', 'BuilderFailed', { changes: short }, entering('Seal', terminate('builder'))),
  one('the candidate dies', 'BuilderFailed', { changes: short }, entering('AwaitCandidate', terminate('candidate'))),
  one('the candidate finds no room', 'CapacityUnavailable', {
    changes: short,
    scenario: {
      api: [{ action: 'ec2:RunInstances', error: 'InsufficientInstanceCapacity', message: 'no room', call: 2 }],
    },
  }),
  {
    name: 'a disk is registered',
    outcome: 'SUCCEEDED',
    async simulation() {
      const disk = { snapshot: 'snap-0d15c0d15c0d15c00', architecture: 'x86_64' };
      const simulation = pipeline({ changes: { ...short, source: { disk, owner: 'self' }, provision: [] } });
      const system = { name: 'AmazonLinux', agent: true } as const;
      simulation.cloud.addSnapshot({ id: disk.snapshot, owner: account, region: 'us-east-1', system });
      return [simulation, await build(simulation)];
    },
  },
  {
    name: 'a file with a disk is imported, by a build that is started again',
    outcome: 'SUCCEEDED',
    async simulation() {
      const simulation = importing({ scenario: { rates: { eventsLost: 1 }, delays: { importSnapshot: 1 } } });
      const first = simulation.start({ recipe: 'base' }, 'first');
      stopAt(simulation, first, 'AwaitImport');
      await simulation.finish(first);
      const [task] = simulation.cloud.world.region('us-east-1').importTasks.values();
      return [simulation, await build(simulation, { recipe: 'base', build: task?.tags.get('golden:build') })];
    },
  },
  {
    name: 'a file with a disk has another format',
    outcome: 'ImageFailed',
    async simulation() {
      const simulation = importing({}, 'raw');
      return [simulation, await build(simulation)];
    },
  },
  ...[1, 4000].map((importSnapshot) => ({
    name: `a build dies while EC2 imports its disk in ${importSnapshot} s`,
    outcome: 'ABORTED',
    async simulation(): Promise<[Simulation, Execution]> {
      const simulation = importing({ interfere: diesImporting, scenario: { delays: { importSnapshot } } });
      const died = await build(simulation);
      await simulation.pass(4 * 3600);
      return [simulation, died];
    },
  })),
  {
    name: 'a sweep finds a disk that was imported',
    outcome: 'SUCCEEDED',
    async simulation() {
      const simulation = importing({ interfere: diesImporting, ...unheard });
      await build(simulation);
      await simulation.pass(9 * day);
      return [simulation, await sweepNow(simulation)];
    },
  },
  {
    name: 'images are registered from snapshots, and the snapshots of the last one fail',
    outcome: 'ImageFailed',
    async simulation() {
      const api = [{ action: 'ec2:RegisterImage', times: 1, error: 'ServiceUnavailable', after: true }];
      const scenario = { api, delays: { createImage: 200 } }; // so long that an event tells of the first snapshots
      const image = { register: true };
      const simulation = pipeline({ changes: { ...short, image }, scenario });
      await build(simulation);
      await build(simulation, { recipe: 'base', force: true }); // now it is known how long they take
      entering('AwaitSnapshots', ({ cloud }) => {
        for (const snapshot of cloud.world.region('us-east-1').snapshots.values())
          if (snapshot.state === 'pending') snapshot.state = 'error';
      })(simulation);
      return [simulation, await build(simulation, { recipe: 'base', force: true })];
    },
  },
  one('the image fails', 'ImageFailed', {
    changes: short,
    scenario: { images: [{ region: 'us-east-1', name: 'base-*', fail: 'no', afterSeconds: 9 }] },
  }),
  one('undoing is refused', 'ProvisionFailed', {
    changes: short,
    scenario: { commands: [{ step: 'patch', exitCode: 1 }] },
    interfere: {
      call: ({ by, action }) =>
        by === 'Compensate' && action === 'PutObject' ? { error: 'AccessDenied', effect: false } : undefined,
    },
  }),
  one('a published build may not write its manifest', 'AwsRefused', {
    changes: short,
    interfere: {
      call: ({ by, action }) =>
        by === 'CleanUp' && action === 'PutObject' ? { error: 'AccessDenied', effect: false } : undefined,
    },
  }),
  one(
    'a step fails and no event tells',
    'ProvisionFailed',
    {
      changes: short,
      scenario: { commands: [{ step: 'patch', ...long }], rates: { eventsLost: 1 } },
    },
    loseOutput,
  ),
  one('the image fails and no event tells', 'ImageFailed', {
    changes: short,
    scenario: {
      images: [{ region: 'us-east-1', name: 'base-*', fail: 'no', afterSeconds: 9 }],
      rates: { eventsLost: 1 },
    },
  }),
  {
    name: 'its builder is held and retried, then its candidate',
    outcome: 'SUCCEEDED',
    async simulation() {
      const groups = ['sg-0000000a', 'sg-0000000b'] as const;
      const vpc = 'vpc-0000000a';
      const simulation = pipeline({
        changes: {
          ...short,
          onFailure: 'hold',
          builder: { ...recipe.builder, subnets: ['subnet-0000000a'], securityGroups: groups },
        },
        scenario: {
          commands: ['patch', 'boots'].map((step) => ({ step, exitCode: 1, times: 1 })),
          network: {
            subnets: [{ id: 'subnet-0000000a', vpc, zone: 'a' }],
            securityGroups: groups.map((id, index) => ({ id, vpc, ingress: index === 0 ? 'all' : 'none' })),
          },
        },
      });
      await build(simulation);
      const again = () => build(simulation, { recipe: 'base', build: onlyManifest(simulation)?.build });
      await again();
      return [simulation, await again()];
    },
  },
  one('its builder of Windows is held', 'ProvisionFailed', {
    changes: {
      ...windows,
      onFailure: 'hold',
      provision: [{ name: 'patch', powershell: 'exit 1' }],
    },
    scenario: { commands: [{ step: 'patch', exitCode: 1 }] },
  }),
  one('a required target fails', 'TargetsIncomplete', {
    scenario: { images: [{ region: 'eu-west-1', name: 'base-*', fail: 'no', afterSeconds: 9 }] },
  }),
  {
    name: 'an image is kept when a required target fails, and published later',
    outcome: 'SUCCEEDED',
    async simulation() {
      const images = [{ region: 'eu-west-1', name: 'base-*', fail: 'no', afterSeconds: 9 }];
      const simulation = pipeline({ scenario: { images }, changes: { onFailure: 'keep-image' } });
      await build(simulation);
      simulation.cloud.world.scenario.images = [];
      const id = onlyManifest(simulation)?.build;
      return [simulation, await build(simulation, { recipe: 'base', build: id })];
    },
  },
  one('everyone may launch its image, and a step of it may fail', 'SUCCEEDED', {
    changes: {
      builder: { instanceTypes: ['t3.small'], rootVolume: { sizeGiB: 8 } },
      distribute: [{ region: 'us-east-1', allowPublic: true }],
      provision: [{ name: 'lint', run: 'true', onFailure: 'continue' }],
    },
    scenario: { blockPublicImages: false, commands: [{ step: 'lint', ...long }] },
  }),
  one('its source is not there', 'SourceNotFound', {
    changes: { source: { ami: 'ami-0123456789abcdef0', owner: 'self' } },
  }),
  one('it is an image of Windows', 'SUCCEEDED', {
    changes: {
      ...windows,
      provision: [{ document: 'AWS-RunPatchBaseline', parameters: { Operation: ['Install'] } }],
    },
  }),
  {
    name: 'builds start by themselves, by a source and by a parent, are measured and told of',
    outcome: 'SUCCEEDED',
    async simulation() {
      const launchTemplate = { name: 'web', setDefault: true };
      const distribute = [{ ...home, launchTemplate, copyTo: [{ account: ours[0] }] }];
      const watched = [follower('base', { distribute }), follower('child', childOf('base')), filtered];
      const simulation = triggered(watched, { notify: true, pages: true, answers: true });
      makeTemplate(simulation, 'us-east-1');
      simulation.start({ recipe: 'nobody' });
      await simulation.pass(2 * buildSeconds);
      simulation.sourceUpdated(al2023);
      await simulation.pass(6 * hour);
      simulation.cloud.setParameter('us-east-1', '/golden/child/stable', 'ami-0123456789abcdef0'); // by hand
      await simulation.pass(1.1 * hour);
      return [simulation, simulation.executions().at(-1)!];
    },
  },
  withLastingDisk('pass'),
  withLastingDisk('fail'),
  one('images are copied into other accounts, of which one refuses', 'SUCCEEDED', {
    changes: intoAccounts,
    interfere: refusedIn(ours[1], 'CopyImage'),
  }),
  one('an account refuses the publish there', 'PublishFailed', {
    changes: intoAccounts,
    interfere: refusedIn(ours[0], 'PutParameter'),
  }),
  swept,
  sweptUnheard,
  unplanned,
];

export function deploymentPlaceOf({ stateMachineArn, bucket }: Simulation): DeploymentPlace {
  const [, , , region = '', of = '', , stateMachine = ''] = stateMachineArn.split(':');
  return { account: of, region, bucket, archives: `golden-archives-${of}`, stateMachine };
}

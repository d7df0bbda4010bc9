import { beforeAll, describe, expect, test } from '@jest/globals';
import type { ShareReport } from '../../core/share/share-report.ts';
import { ApiError } from '../../simulator/aws/calls/actions.ts';
import { createSimulation, type Simulation } from '../../simulator/pipeline/simulation.ts';
import { brisk } from '../support/deployed.ts';
import {
  account,
  artifactKeys,
  build,
  consumer,
  imageIn,
  manifestIn,
  organization,
  pipeline,
  recipe,
  regions,
  targets,
  type Setting,
} from '../support/pipeline.ts';

const other = '555566667777';
const third = '666677778888';

const brief = (setting: Setting = {}): Simulation => pipeline({ ...setting, scenario: { delays: brisk } });

/** Deploys a recipe with other lists. */
function redeploy(lists: Partial<Record<keyof typeof targets, object>>) {
  const changed = Object.entries(targets).map(([name, target]) => ({ ...target, ...lists[name as keyof typeof targets] }));
  return { ...recipe, distribute: changed };
}

/** Who may use the published image of each region, and its snapshots. */
function usersIn(simulation: Simulation) {
  return Object.fromEntries(
    regions.map((region) => {
      const image = imageIn(simulation, region);
      const { snapshots } = simulation.cloud.world.region(region);
      const users = image.permissions.map((one) => one.UserId ?? one.OrganizationArn ?? one.Group);
      const ofSnapshots = image.mappings.map(({ snapshot = '' }) => [...(snapshots.get(snapshot)?.sharedWith ?? [])]);
      return [region, { users, snapshots: ofSnapshots }];
    }),
  );
}

const share = (simulation: Simulation, input: object = {}) => simulation.finish(simulation.share({ recipe: 'base', ...input }));

function reports(simulation: Simulation): ShareReport[] {
  const keys = artifactKeys(simulation).filter((key) => key.startsWith('reports/share/'));
  return keys.map((key) => JSON.parse(simulation.artifact(key) ?? '') as ShareReport);
}

describe('who may use a published image is what the deployed recipe says', () => {
  const catalog = { recipes: { base: recipe as object }, scripts: {}, version: '1.0.0' };
  let simulation: Simulation;
  let published = '';
  beforeAll(async () => {
    simulation = createSimulation({ catalog, scenario: { delays: brisk } });
    published = manifestIn(simulation, await build(simulation)).build;
    catalog.recipes.base = redeploy({ home: { accounts: [other] }, copied: { accounts: [consumer], organizations: [] } });
    imageIn(simulation, 'ap-southeast-2').permissions.push({ Group: 'all' });
  }, 60_000);

  test('a plan says what would be granted and revoked, and changes nothing', async () => {
    const before = usersIn(simulation);
    const { status, output } = await share(simulation, { plan: true });
    expect(status).toBe('SUCCEEDED');
    const { images } = JSON.parse(output ?? '') as { images: object[] };
    const [optional, copied, home] = images as { ami: string }[];
    expect(images).toMatchObject([
      { region: 'ap-southeast-2', changes: [`revoke ${optional?.ami} from all`] },
      {
        region: 'eu-west-1',
        channels: ['stable'],
        build: published,
        changes: [
          `revoke ${copied?.ami} from ${organization}`,
          `grant ${copied?.ami} to ${consumer}`,
          expect.stringMatching(`^grant snap-\\w+ to ${consumer}$`),
        ],
      },
      {
        region: 'us-east-1',
        changes: [
          `revoke ${home?.ami} from ${consumer}`,
          `grant ${home?.ami} to ${other}`,
          expect.stringMatching(`^revoke snap-\\w+ from ${consumer}$`),
          expect.stringMatching(`^grant snap-\\w+ to ${other}$`),
        ],
      },
    ]);
    expect(usersIn(simulation)).toEqual(before);
  });

  test('an execution makes it so in every region, and writes down who did it and why', async () => {
    expect(await share(simulation, { who: 'Ada', why: 'a new team' })).toMatchObject({ status: 'SUCCEEDED' });
    const right = {
      'us-east-1': { users: [other], snapshots: [[other]] },
      'eu-west-1': { users: [consumer], snapshots: [[consumer]] },
      'ap-southeast-2': { users: [consumer], snapshots: [[consumer]] },
    };
    expect(usersIn(simulation)).toEqual(right);
    expect(reports(simulation).at(-1)).toMatchObject({ who: 'Ada', why: 'a new team', failures: [], endedAt: expect.any(String) });
    expect(simulation.read({ recipe: 'base', build: published }, 'sharing')).toMatchObject({
      targets: expect.arrayContaining([
        { region: 'us-east-1', accounts: [other], organizations: [], organizationalUnits: [], allowPublic: false },
      ]),
      changes: [{ who: 'Ada', why: 'a new team', regions: ['ap-southeast-2', 'eu-west-1', 'us-east-1'] }],
    });
  });

  test('the next plan finds nothing to change, and a promotion finds the image as it is shared now', async () => {
    const { output } = await share(simulation, { plan: true });
    expect((JSON.parse(output ?? '') as { images: { changes: string[] }[] }).images.flatMap(({ changes }) => changes)).toEqual([]);
    const promotion = simulation.move({ recipe: 'base', verb: 'promote', channel: 'prod' });
    expect(await simulation.finish(promotion)).toMatchObject({ status: 'SUCCEEDED' });
  });

  test('an image that two channels hold is shared once, and its row names both', async () => {
    const { output } = await share(simulation, { plan: true });
    const { images } = JSON.parse(output ?? '') as { images: { channels: string[] }[] };
    expect(images.map(({ channels }) => channels)).toEqual([
      ['stable', 'prod'],
      ['stable', 'prod'],
      ['stable', 'prod'],
    ]);
  });

  test('a region that EC2 refuses keeps what it had, and the others are done; the next run heals it', async () => {
    catalog.recipes.base = redeploy({ home: { accounts: [third] }, copied: { accounts: [third], organizations: [] } });
    const modify = simulation.cloud.services.ec2['ModifyImageAttribute'];
    let refusals = 1;
    simulation.cloud.services.ec2['ModifyImageAttribute'] = (input, from) => {
      if (from.region === 'eu-west-1' && refusals-- > 0) throw new ApiError('UnauthorizedOperation', 'no', 403);
      return modify?.(input, from);
    };
    const { error, cause } = await share(simulation);
    expect(error).toBe('ShareFailed');
    expect(cause).toMatch(/^eu-west-1: ami-\w+ in eu-west-1 has the users again that it had before: .*ModifyImageAttribute.*UnauthorizedOperation/);
    expect(usersIn(simulation)).toMatchObject({
      'us-east-1': { users: [third], snapshots: [[third]] },
      'eu-west-1': { users: [consumer], snapshots: [[consumer]] },
    });
    expect(await share(simulation)).toMatchObject({ status: 'SUCCEEDED' });
    expect(usersIn(simulation)).toMatchObject({ 'eu-west-1': { users: [third], snapshots: [[third]] } });
  });

  test('an image that was disabled hides no other, and the message says what to do', async () => {
    imageIn(simulation, 'us-east-1').state = 'disabled';
    const { error, cause } = await share(simulation);
    expect({ error, cause }).toEqual({
      error: 'ShareFailed',
      cause: expect.stringMatching(/^us-east-1: EC2 does not know ami-\w+ in us-east-1, or it is disabled: golden rollback/),
    });
  });
});

test.each<[object, string]>([
  [{ recipe: 'nobody' }, 'nobody'],
  [{ recipe: 'base' }, 'has no published image'],
  [{ recipe: 'base', build: 'x' }, 'is no build id'],
  [{ recipe: 'base', dryRun: true }, 'unknown key dryRun; known are recipe, build, plan, why, who'],
])('%j is refused', async (input, says) => {
  const simulation = brief();
  const { error, cause } = await simulation.finish(simulation.share(input));
  expect({ error, cause }).toEqual({ error: 'RecipeInvalid', cause: expect.stringContaining(says) });
});

test('the account of the pipeline is never granted or revoked', async () => {
  const simulation = brief({ changes: { distribute: [{ ...targets.home, accounts: [account, consumer] }] } });
  await build(simulation);
  const { output } = await share(simulation, { plan: true });
  expect(JSON.parse(output ?? '')).toMatchObject({ images: [{ changes: [] }], failures: [] });
});

test('an image in S3 is shared by its launch permissions alone, since it has no snapshots', async () => {
  const catalog = { recipes: { base: { ...recipe, distribute: [targets.home] } as object }, scripts: {}, version: '1.0.0' };
  const simulation = createSimulation({ catalog, scenario: { delays: brisk } });
  await build(simulation);
  const image = imageIn(simulation, 'us-east-1');
  Object.assign(image, { instanceStore: true, mappings: [] });
  catalog.recipes.base = { ...recipe, distribute: [{ ...targets.home, accounts: [other] }] };
  expect(await share(simulation)).toMatchObject({ status: 'SUCCEEDED' });
  expect(image.permissions).toEqual([{ UserId: other }]);
  expect(reports(simulation).at(-1)).toMatchObject({ failures: [] });
});

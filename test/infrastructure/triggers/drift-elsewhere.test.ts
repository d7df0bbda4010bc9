// Somebody changes by hand what a build has published in another account, and in a launch template.
import { beforeAll, expect, test } from '@jest/globals';
import type { Simulation } from '../../../simulator/pipeline/simulation.ts';
import { account, home, recipe } from '../../support/pipeline.ts';
import { buildSeconds, hour, resting, triggered } from '../../support/triggered.ts';

const theirs = '111122223333';
const [user, stranger] = ['777788889999', '999988887777'];
const launchTemplate = { name: 'web', setDefault: true };
const copyTo = [{ account: theirs, kmsKey: 'alias/theirs', accounts: [user], publish: true }];
const distribute = [{ region: 'home', kmsKey: 'alias/golden', launchTemplate, copyTo }];
const arn = `arn:aws:iam::${theirs}:role/golden-copy-target`;

let simulation: Simulation;
const drifts = () => simulation.read({ recipe: 'base' }, 'drift')?.drifts ?? [];
const mails = () => simulation.mails.filter(({ subject }) => subject.includes('were changed'));
const imageOf = (owner: string) => {
  const found = [...simulation.cloud.world.region(home).images.values()].find((one) => one.owner === owner);
  if (!found) throw new Error(`${owner} has no image`);
  return found;
};
const templates = (action: string, input: object) =>
  simulation.cloud.services.ec2[action]?.({ LaunchTemplateName: 'web', ...input }, { account, region: home });

beforeAll(async () => {
  const hub = { ...recipe, ...resting('base'), distribute };
  simulation = triggered([hub], { notify: true });
  templates('CreateLaunchTemplate', {
    LaunchTemplateData: { InstanceType: 't3.small' },
    TagSpecifications: [{ ResourceType: 'launch-template', Tags: [{ Key: 'golden:recipe', Value: 'base' }] }],
  });
  simulation.start({ recipe: 'base' });
  await simulation.pass(buildSeconds + hour);
}, 60_000);

test('what is as it was published is no drift', () => {
  expect(simulation.read({ recipe: 'base' }, 'drift')).toMatchObject({ drifts: [] });
  expect(imageOf(theirs).state).toBe('available');
});

test('a copy that somebody shares, re-tags or takes out of its channel is a drift of its account', async () => {
  const { id, permissions, tags } = imageOf(theirs);
  const name = '/golden/base/stable';
  const parameter = simulation.cloud.world.region(home).parameters.get(`${theirs} ${name}`)?.versions.at(-1);
  const [held, team] = [parameter!.value, tags.get('golden:digest')];
  permissions.push({ UserId: stranger! });
  tags.delete('golden:digest');
  parameter!.value = 'ami-0123456789abcdef0';
  await simulation.pass(2 * hour);
  expect(drifts().map(({ account: of, region, what, says }) => [of, region, what, says])).toEqual([
    [theirs, home, name, expect.stringContaining(`holds ami-0123456789abcdef0, and its last move wrote ${id}`)],
    [theirs, home, id, expect.stringContaining(`the tag golden:digest of ${id} is gone`)],
    [theirs, home, id, `the recipe would revoke ${id} from ${stranger}`],
  ]);
  expect(mails()).toHaveLength(1);
  expect(mails()[0]?.text).toContain(`base in ${home} of account ${theirs}: the recipe would revoke`);
  tags.set('golden:digest', team!);
  parameter!.value = held;
  await simulation.finish(simulation.share({ recipe: 'base' }));
  await simulation.pass(hour);
  expect([drifts(), imageOf(theirs).permissions]).toEqual([[], [{ UserId: user }]]);
});

test('a role that no longer lets the pipeline in is a drift, and told once', async () => {
  const { roles } = simulation.cloud.world;
  const role = roles.get(arn);
  roles.delete(arn);
  await simulation.pass(3 * hour);
  expect(drifts()).toEqual([
    expect.objectContaining({
      account: theirs,
      what: arn,
      says: expect.stringContaining(`${arn} answered AccessDenied`),
    }),
  ]);
  expect(mails()).toHaveLength(2);
  expect(mails()[1]?.text).toMatch(/AWS said: sts:AssumeRole of .* request /);
  roles.set(arn, role!);
  await simulation.pass(hour);
  expect(drifts()).toEqual([]);
});

test('somebody sets another default version of the launch template', async () => {
  templates('ModifyLaunchTemplate', { DefaultVersion: '1' });
  await simulation.pass(2 * hour);
  expect(drifts()).toMatchObject([
    { region: home, what: 'web', says: expect.stringContaining('the default version of web has no image') },
  ]);
  templates('ModifyLaunchTemplate', { DefaultVersion: '2' });
  await simulation.pass(hour);
  expect(drifts()).toEqual([]);
});

test('a copy that was deregistered there is told within the hour', async () => {
  const { id } = imageOf(theirs);
  simulation.cloud.services.ec2['DeregisterImage']?.({ ImageId: id }, { account: theirs, region: home });
  await simulation.pass(2 * hour);
  expect(drifts()).toMatchObject([{ account: theirs, what: id, says: `${id} was deregistered` }]);
});

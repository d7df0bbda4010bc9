// A published image that somebody changes by hand, over some hours.
import { beforeAll, expect, test } from '@jest/globals';
import type { Simulation } from '../../../simulator/pipeline/simulation.ts';
import { account, consumer, imageIn } from '../../support/pipeline.ts';
import { buildSeconds, hour, resting, triggered } from '../../support/triggered.ts';

const stranger = '999988887777';
let simulation: Simulation;
const measured: number[] = [];
const driftsNow = () => simulation.read({ recipe: 'base' }, 'drift')?.drifts.map(({ says }) => says);
const mailsOfDrift = () => simulation.mails.filter(({ subject }) => subject.includes('were changed'));

beforeAll(async () => {
  simulation = triggered([resting('base')], {
    notify: true,
    onLog: (line) => void ('Drifts' in line && measured.push(line['Drifts'] as number)),
  });
  simulation.start({ recipe: 'base' });
  await simulation.pass(buildSeconds + hour);
}, 60_000);

test('an image that is as it was published is measured every hour, and nobody is told', () => {
  expect([driftsNow(), mailsOfDrift(), measured.at(-1)]).toEqual([[], [], 0]);
});

test('somebody shares it by hand: it is measured and told within the hour, and told once', async () => {
  const image = imageIn(simulation, 'us-east-1');
  image.permissions.push({ UserId: stranger });
  await simulation.pass(3 * hour);
  expect(driftsNow()).toEqual([`the recipe would revoke ${image.id} from ${stranger}`]);
  expect(measured.slice(-2)).toEqual([1, 1]);
  expect(mailsOfDrift().map(({ text }) => text)).toEqual([
    expect.stringContaining('to mend it: golden share base --apply'),
  ]);
});

test('golden share mends it', async () => {
  await simulation.finish(simulation.share({ recipe: 'base' }));
  await simulation.pass(hour);
  expect(imageIn(simulation, 'us-east-1').permissions).toEqual([{ UserId: consumer }]);
  expect([driftsNow(), measured.at(-1)]).toEqual([[], 0]);
});

test('somebody moves the channel by hand', async () => {
  const name = '/golden/base/stable';
  const parameter = simulation.cloud.world.region('us-east-1').parameters.get(`${account} ${name}`)?.versions.at(-1);
  const held = parameter!.value;
  parameter!.value = 'ami-0123456789abcdef0';
  await simulation.pass(1.5 * hour);
  expect(driftsNow()).toEqual([expect.stringContaining(`${name} holds ami-0123456789abcdef0`)]);
  parameter!.value = held;
});

test('EC2 tells that it was deregistered: it is told within minutes', async () => {
  await simulation.pass(1.5 * hour);
  expect(driftsNow()).toEqual([]);
  const { id } = imageIn(simulation, 'us-east-1');
  simulation.cloud.services.ec2['DeregisterImage']?.({ ImageId: id }, { account, region: 'us-east-1' });
  await simulation.pass(180);
  expect(driftsNow()).toEqual([`${id} was deregistered`]);
  expect(mailsOfDrift().at(-1)?.text).toContain('golden rollback base --channel stable');
});

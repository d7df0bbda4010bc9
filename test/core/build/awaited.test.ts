import { expect, test } from '@jest/globals';
import { awaitedCommand, awaitedCopy, awaitedImage } from '../../../core/build/awaited.ts';
import { planOf } from '../../support/plan.ts';

const now = new Date('2026-11-23T03:00:00Z');
const plan = planOf();
const [target] = plan.document.distribute;
const learned = { ...plan, usual: { image: 100, copies: { [target!.region]: 120 } } };

test('what was begun just now and usually takes long is not looked at at once', () => {
  expect(awaitedImage(learned, now, 'now').wait.notBefore).toBe(15);
  expect(awaitedCopy(learned, target!, now, 'now').wait.notBefore).toBe(15);
});

test('what was begun before may be done, so it is looked at at once; so is that of which nothing is known', () => {
  expect(awaitedImage(learned, now, 'before').wait.notBefore).toBeUndefined();
  expect(awaitedCopy(learned, target!, now, 'before').wait.notBefore).toBeUndefined();
  expect(awaitedImage(plan, now, 'now').wait.notBefore).toBeUndefined();
});

test('a copy is looked at between its start and its usual end, because its events do not come to the pipeline', () => {
  expect(awaitedImage(learned, now, 'now').wait.heartbeat).toBeGreaterThan(90);
  expect(awaitedCopy(learned, target!, now, 'now').wait.heartbeat).toBeLessThan(60);
});

test('a copy in a region with a stack is looked at as the image is; if nothing is known of it, only its event is quick', () => {
  const told = { ...plan, told: [target!.region] };
  const known = { ...told, usual: learned.usual };
  expect(awaitedCopy(known, target!, now, 'now').wait).toMatchObject({ heartbeat: 113 });
  const { wait } = awaitedCopy(told, target!, now, 'now');
  expect(wait).toMatchObject({ stays: false, heartbeat: 113 });
  expect(wait.quickFor).toBeGreaterThan(3600);
  expect(awaitedCopy({ ...plan, told: ['sa-east-1'] }, target!, now, 'now').wait.heartbeat).toBeLessThan(60);
});

test('looks at a copy of which nothing is known become rare after five minutes, since it may take hours', () => {
  expect(awaitedCopy(plan, target!, now, 'now').wait.quickFor).toBe(300);
  expect(awaitedCopy(learned, target!, now, 'now').wait.quickFor).toBeGreaterThan(3600);
});

test('the time of a step is known by its name, wherever the step stands now', () => {
  const [patch, sanitize] = plan.provision;
  const known = { ...plan, usual: { provision: { patch: 60 } } };
  expect(awaitedCommand(known, 'provision', { ...patch!, index: 7 }, now, 'now').wait).toMatchObject({
    usual: 60,
    ahead: 8,
    heartbeat: 51,
  });
  expect(awaitedCommand(known, 'provision', sanitize!, now, 'now').wait.ahead).toBeUndefined();
});

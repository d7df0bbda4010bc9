import { expect, test } from '@jest/globals';
import { homeCaller, lab } from '../../lab.ts';

const { account } = homeCaller;

/** Puts a hundred events, a second apart, and tells when and in which order they came. */
async function hundred(options: Parameters<typeof lab>[0]) {
  const { cloud, clock, run } = lab(options);
  const came: { number: unknown; lag: number }[] = [];
  const start = clock.now();
  cloud.events.onEvent(({ detail }) =>
    came.push({ number: detail['number'], lag: (clock.now() - start) / 1000 - Number(detail['number']) }),
  );
  await run(async () => {
    for (let number = 0; number < 100; number++) {
      cloud.events.put({ source: 'x', 'detail-type': 'y', ...homeCaller, resources: [], detail: { number } });
      await clock.sleep(1000);
    }
    await clock.sleep(600_000);
  });
  const numbers = came.map(({ number }) => Number(number));
  return {
    lags: came.map(({ lag }) => lag),
    numbers,
    inOrder: numbers.every((n, at) => at === 0 || n >= numbers[at - 1]!),
  };
}

test('events come in order within seconds; when it is rough they overtake each other and some take long', async () => {
  const smooth = await hundred({});
  expect(smooth).toMatchObject({ inOrder: true, numbers: { length: 100 } });
  expect(Math.min(...smooth.lags)).toBeGreaterThan(0.5);
  expect(Math.max(...smooth.lags)).toBeLessThan(7);
  const rough = await hundred({ rough: true });
  expect(rough.inOrder).toBe(false);
  expect(Math.max(...rough.lags)).toBeGreaterThan(15);
});

test('events are lost and doubled as often as the rates say', async () => {
  expect((await hundred({ rates: { eventsLost: 1 } })).numbers).toEqual([]);
  expect((await hundred({ rates: { eventsDoubled: 1 } })).numbers).toHaveLength(200);
  const some = (await hundred({ rates: { eventsLost: 0.2 } })).numbers.length;
  expect(some).toBeGreaterThan(65);
  expect(some).toBeLessThan(95);
});

test('late events come a minute to a day after they happened', async () => {
  const { lags } = await hundred({ rates: { eventsLate: 1 } });
  expect(Math.min(...lags)).toBeGreaterThanOrEqual(60);
  expect(lags.length).toBeGreaterThan(10);
  expect(lags.length).toBeLessThan(60); // the others come later than ten minutes
});

test('a rule hears what its pattern matches, in its region', async () => {
  const { cloud, run, clock } = lab();
  const heard: unknown[] = [];
  cloud.events.addRule({
    name: 'ended',
    region: 'us-east-1',
    pattern: {
      source: ['aws.states'],
      detail: { status: ['FAILED', 'ABORTED'], stateMachineArn: [{ prefix: 'arn:aws:states:us-east-1:1' }] },
    },
    target: ({ detail }) => heard.push(detail['status']),
  });
  const put = (status: string, stateMachineArn = 'arn:aws:states:us-east-1:1:x', region = 'us-east-1') =>
    cloud.events.put({
      source: 'aws.states',
      'detail-type': 'x',
      account,
      region,
      resources: [],
      detail: { status, stateMachineArn },
    });
  await run(async () => {
    put('FAILED');
    put('SUCCEEDED');
    put('FAILED', 'arn:aws:states:us-east-1:2:x');
    put('FAILED', undefined, 'eu-west-1');
    put('ABORTED');
    await clock.sleep(20_000);
  });
  expect(heard).toEqual(['FAILED', 'ABORTED']);
});

test('a target that fails is tried again; what it never takes is kept', async () => {
  const { cloud, run, clock } = lab();
  const tries: Record<string, number> = { flaky: 0, broken: 0 };
  const rule = (name: string, failures: number, retries: number) =>
    cloud.events.addRule({
      name,
      retries,
      pattern: { source: ['x'] },
      target() {
        if (tries[name]!++ < failures) throw new Error('not now');
      },
    });
  rule('flaky', 3, 185);
  rule('broken', Infinity, 2);
  await run(async () => {
    cloud.events.put({ source: 'x', 'detail-type': 'y', ...homeCaller, resources: [], detail: {} });
    await clock.sleep(600_000);
  });
  expect(tries).toEqual({ flaky: 4, broken: 3 });
  expect(cloud.events.undelivered).toMatchObject([
    { rule: 'broken', event: { source: 'x' }, error: { message: 'not now' } },
  ]);
});

test('an operator of patterns that nobody implemented is refused by name', () => {
  const pattern = { detail: { status: [{ suffix: 'x' }] } } as never;
  expect(() => lab().cloud.events.addRule({ name: 'r', pattern, target: () => undefined })).toThrow(
    'the simulator does not implement {"suffix":"x"} in an event pattern, at status',
  );
});

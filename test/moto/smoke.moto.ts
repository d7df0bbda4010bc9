import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openLab, type Lab } from './lab.ts';
let lab: Lab;
beforeAll(async () => {
  lab = await openLab();
});
afterAll(() => lab.stop());
test('smoke', async () => {
  const t = Date.now();
  const machine = await lab.deploy('happy', { faults: { looks: { image: 1 } } });
  const execution = await lab.start(machine, 'happy', { recipe: 'al2023-base' });
  try {
    const end = await lab.finish(execution, 100);
    console.log(
      Date.now() - t,
      end.status,
      end.error,
      end.cause,
      end.output,
      JSON.stringify(await lab.entered(execution)),
    );
  } finally {
    console.log(
      JSON.stringify(await lab.entered(execution)),
      [...lab.layer.seen].map(([k, v]) => `${k}: ${[...v]}`).join('\n'),
    );
  }
  expect(1).toBe(1);
});

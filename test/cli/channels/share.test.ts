import { beforeAll, describe, expect, test } from '@jest/globals';
import { golden } from '../../../cli/golden.ts';
import type { Simulation } from '../../../simulator/pipeline/simulation.ts';
import { recordingTerminal } from '../recording-terminal.ts';
import { brisk, operator } from '../../support/deployed.ts';
import { consumer, imageIn, pipeline, targets } from '../../support/pipeline.ts';

let simulation: Simulation;
const run = (...args: string[]) => operator(simulation).run('share', ...args);
const permissions = () => imageIn(simulation, 'us-east-1').permissions;
const stranger = { UserId: '999988887777' };

beforeAll(async () => {
  simulation = pipeline({ changes: { distribute: [targets.home] }, scenario: { delays: brisk } });
  await simulation.finish(simulation.start({ recipe: 'base' }));
  imageIn(simulation, 'us-east-1').permissions = [stranger];
}, 60_000);

describe('from a terminal', () => {
  test('a plan shows what would be granted and revoked, and changes nothing', async () => {
    const { exitCode, out } = await run('base', '--plan');
    expect([exitCode, out]).toEqual([
      0,
      expect.stringMatching(
        new RegExp(
          `planned: nothing was changed\n[\\s\\S]+us-east-1 +\\S+ +stable +ami-\\w+ +revoke ami-\\w+ from 999988887777\n +grant ami-\\w+ to ${consumer}\n[\\s\\S]+reports/share/2026-`,
        ),
      ),
    ]);
    expect(permissions()).toEqual([stranger]);
  });

  test('with a person at the terminal, --apply shows the changes and asks first; --yes does not', async () => {
    const questions: string[] = [];
    const confirms = async (question: string) => (questions.push(question), false);
    const { exitCode, out } = await operator(simulation, { confirms }).onTerminal('share', 'base', '--apply');
    expect({ exitCode, questions }).toEqual({ exitCode: 130, questions: ['  Change who may use this image?'] });
    expect(out).toMatch(
      /planned: nothing was changed\n[\s\S]+revoke ami-\w+ from 999988887777[\s\S]+Nothing was changed\./,
    );
    expect(permissions()).toEqual([stranger]);
    expect((await operator(simulation).onTerminal('share', 'base', '--apply', '--yes')).exitCode).toBe(0);
    expect(permissions()).toEqual([{ UserId: consumer }]);
    const again = await operator(simulation, { confirms }).onTerminal('share', 'base', '--apply');
    expect([again.exitCode, questions.length]).toEqual([0, 1]);
    imageIn(simulation, 'us-east-1').permissions = [stranger];
  });

  test('with --apply it is done, and with --json stdout is what changed and nothing else', async () => {
    const { exitCode, out } = await run('base', '--apply', '--why', 'somebody shared it by hand', '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      status: 'shared',
      images: [{ region: 'us-east-1', changes: [expect.stringContaining('revoke'), expect.stringContaining('grant')] }],
      failures: [],
    });
    expect(permissions()).toEqual([{ UserId: consumer }]);
    expect((await run('base', '--plan')).out).toContain('nothing to change');
  });

  test('golden status tells what the last check of drift found, and what mends it', async () => {
    const { id } = imageIn(simulation, 'us-east-1');
    const says = `the recipe would revoke ${id} from 999988887777`;
    const drift = { recipe: 'base', region: 'us-east-1', what: id, says, mend: 'golden share base --apply' };
    const report = { schema: 1, checkedAt: '2026-11-23T05:00:00.000Z', drifts: [drift] };
    const { buckets } = simulation.cloud.world;
    const [objects] = [...buckets.values()].map((bucket) => bucket.objects);
    const [like] = objects?.values() ?? [];
    objects?.set('builds/base/drift.json', { ...like!, body: Buffer.from(JSON.stringify(report)) });
    const { out } = await operator(simulation).run('status', 'base');
    expect(out).toMatch(/base\/stable +us-east-1 .* healthy +1 +ami-/);
    expect(out.replaceAll(/\s+/g, ' ')).toContain(`base in us-east-1: ${says}; to mend it: golden share base --apply`);
  });

  test.each<[string[], RegExp]>([
    [['base'], /needs either --plan, which changes nothing, or --apply/],
    [['base', '--plan', '--apply'], /takes --plan, which changes nothing, or --apply, and not both/],
    [['nobody', '--plan'], /RecipeInvalid\n +recipe: there is no recipe "nobody"; there are base/],
    [['base', '--plan', '--build', 'latest'], /RecipeInvalid\n +build: is no build id/],
  ])('golden share %j is refused', async (args, says) => {
    const { exitCode, err } = await run(...args);
    expect([exitCode, err]).toEqual([2, expect.stringMatching(says)]);
  });
});

test('anybody can try it on a simulated AWS', async () => {
  const { terminal, out } = recordingTerminal();
  expect(await golden(['share', 'al2023-base', '--apply', '--simulate'], terminal)).toBe(0);
  expect(out()).toMatch(/VerifyShare[\s\S]+shared\n[\s\S]+ap-southeast-2 .+\n[\s\S]+revoke ami-\w+ from 999988887777/);
}, 30_000);

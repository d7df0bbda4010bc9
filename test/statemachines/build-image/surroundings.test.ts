// Steps with variables of their own, and steps that only some source images need.
import { expect, test } from '@jest/globals';
import { build, manifestIn, pipeline, recipe, targets } from '../../support/pipeline.ts';

const wild = 'it\'s "{{ssm:x}}" ${HOME} $(id)';
const changes = {
  env: { GREETING: 'of the recipe', PROXY: wild },
  provision: [
    { name: 'greet', run: 'printenv GREETING\nprintenv PROXY', env: { GREETING: 'of the step' } },
    { name: 'drivers', run: 'true', if: { architecture: 'arm64' } },
    { name: 'services', powershell: 'exit 0', if: { platform: 'windows' } },
  ],
  checks: [
    { name: 'greets', run: 'printenv GREETING' },
    { name: 'drives', run: 'true', if: { architecture: 'arm64' } },
  ],
};

test('variables of recipe and step reach the scripts unchanged, and only steps for the source image are sent', async () => {
  const simulation = pipeline({ changes });
  const execution = await build(simulation);
  expect(execution.status).toBe('SUCCEEDED');
  const commands = [...simulation.cloud.world.region('us-east-1').commands.values()];
  expect(commands.map(({ step }) => step)).toEqual(['greet', 'sanitize', 'greets']);
  const printed = Object.fromEntries(commands.map(({ step, invocations }) => [step, invocations[0]?.stdout]));
  expect(printed['greet']).toBe(`of the step\n${wild}\ngreet: done\n`);
  expect(printed['greets']).toBe('of the recipe\ngreets: done\n');
  expect(JSON.stringify(commands.map(({ parameters }) => parameters))).not.toContain('GREETING');
  expect(manifestIn(simulation, execution).skipped).toEqual([
    { list: 'provision', name: 'drivers', because: 'it is for arm64, and the source image is x86_64' },
    { list: 'provision', name: 'services', because: 'it is for windows, and the source image is linux' },
    { list: 'checks', name: 'drives', because: 'it is for arm64, and the source image is x86_64' },
  ]);
});

test('steps and checks have the disks of named volumes, and a check whose disk the image lacks has none of it', async () => {
  const volumes = ['f', 'g'].map((letter) => ({ device: `/dev/sd${letter}`, name: `disk-${letter}`, sizeGiB: 1 }));
  const run = 'printenv GOLDEN_DISK_DISK_F\nprintenv GOLDEN_DISK_DISK_G';
  const simulation = pipeline({
    changes: {
      builder: { ...recipe.builder, volumes },
      provision: [{ name: 'format', run }],
      checks: [{ name: 'mounted', run }],
      image: { ...recipe.image, volumes: [{ device: '/dev/sdg', drop: true }] },
      distribute: [targets.home],
    },
  });
  expect(await build(simulation)).toMatchObject({ status: 'SUCCEEDED' });
  const commands = [...simulation.cloud.world.region('us-east-1').commands.values()];
  const printed = Object.fromEntries(commands.map(({ step, invocations }) => [step, invocations[0]?.stdout]));
  expect(printed['format']).toBe('/dev/nvme2n1\n/dev/nvme1n1\nformat: done\n');
  expect(printed['mounted']).toBe('/dev/nvme1n1\n\nmounted: done\n');
});

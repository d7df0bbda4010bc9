import { describe, expect, test } from '@jest/globals';
import type { Simulation } from '../../../simulator/pipeline/simulation.ts';
import { brisk } from '../../support/deployed.ts';
import {
  build,
  caller,
  copied,
  home,
  imageIn,
  leftIn,
  manifestIn,
  nothing,
  pipeline,
  stopAt,
  targets,
  type Setting,
} from '../../support/pipeline.ts';

const distribute = [
  { ...targets.home, launchTemplate: { name: 'web', setDefault: true } },
  { ...targets.copied, launchTemplate: { name: 'web' } },
  targets.optional,
];

/** A pipeline whose account has a launch template in two regions. */
function withTemplates({ scenario, ...setting }: Setting = {}, tag = 'base'): Simulation {
  const simulation = pipeline({
    changes: { distribute },
    scenario: { delays: brisk, ...(scenario as object | undefined) },
    ...setting,
  });
  for (const region of [home, copied])
    simulation.cloud.services.ec2['CreateLaunchTemplate']?.(
      {
        LaunchTemplateName: 'web',
        LaunchTemplateData: { ImageId: 'ami-0123456789abcdef0', InstanceType: 't3.small' },
        TagSpecifications: [{ ResourceType: 'launch-template', Tags: [{ Key: 'golden:recipe', Value: tag }] }],
      },
      { ...caller, region },
    );
  return simulation;
}

/** The versions of a region's launch template: number, AMI and type, and a star at the default. */
function versions({ cloud }: Simulation, region: string): string[] {
  const [template] = cloud.world.region(region).launchTemplates.values();
  return (template?.versions ?? []).map(
    ({ number, data }) =>
      `${number}${number === template?.default ? '*' : ''} ${String(data['ImageId'])} ${String(data['InstanceType'])}`,
  );
}
const old = '1* ami-0123456789abcdef0 t3.small';
const notDefault = old.replace('*', '');

describe('launch templates follow a published image', () => {
  test('each gets one version with the image of its region, and the default only where the recipe says so', async () => {
    const simulation = withTemplates();
    const { build: id } = manifestIn(simulation, await build(simulation));
    const amiIn = (region: string) => imageIn(simulation, region).id;
    expect(versions(simulation, home)).toEqual([notDefault, `2* ${amiIn(home)} t3.small`]);
    expect(versions(simulation, copied)).toEqual([old, `2 ${amiIn(copied)} t3.small`]);
    const [template] = simulation.cloud.world.region(home).launchTemplates.values();
    expect(template?.versions.at(-1)?.description).toBe(`recipe base, build ${id}, image ${amiIn(home)}`);
    await build(simulation, { recipe: 'base', build: id });
    expect(versions(simulation, home)).toHaveLength(2);
    await build(simulation, { recipe: 'base', force: true });
    expect(versions(simulation, home).at(-1)).toMatch(/^3\* ami-\w+ t3.small$/);
  });

  test.each(['ec2:CreateLaunchTemplateVersion', 'ec2:ModifyLaunchTemplate'])(
    'where EC2 refuses %s, channels and launch templates are what they were in every region',
    async (action) => {
      const api = [{ action, region: home, error: 'UnauthorizedOperation', message: 'no', call: 1 }];
      const simulation = withTemplates({ scenario: { api } });
      const execution = await build(simulation);
      expect(execution).toMatchObject({ error: 'PublishFailed', cause: expect.stringContaining(action) });
      expect([home, copied].map((region) => versions(simulation, region))).toEqual([[old], [old]]);
      expect(leftIn(simulation)).toEqual(nothing);
    },
  );

  test('a version whose answer is lost is found again, and no second one is made', async () => {
    const simulation = withTemplates();
    const { ec2 } = simulation.cloud.services;
    const create = ec2['CreateLaunchTemplateVersion'];
    let lost = 0;
    ec2['CreateLaunchTemplateVersion'] = (input, from) => {
      const answer = create?.(input, from);
      if (lost++ < 2) throw Object.assign(new Error('no answer'), { name: 'InternalError' });
      return answer;
    };
    expect((await build(simulation)).status).toBe('SUCCEEDED');
    expect([home, copied].map((region) => versions(simulation, region).length)).toEqual([2, 2]);
  });

  test('a publish that is stopped after it made versions is taken back by its clean-up', async () => {
    const simulation = withTemplates();
    const execution = simulation.start({ recipe: 'base' });
    const { ec2 } = simulation.cloud.services;
    const modify = ec2['ModifyLaunchTemplate'];
    let stopped = false;
    ec2['ModifyLaunchTemplate'] = (input, from) => {
      const answer = modify?.(input, from);
      if (!stopped)
        simulation.clock.at(simulation.clock.now(), () =>
          simulation.stepFunctions.actions['StopExecution']?.({ executionArn: execution }, caller),
        );
      stopped = true;
      return answer;
    };
    expect((await simulation.finish(execution)).status).toBe('ABORTED');
    await simulation.pass(3600);
    expect([home, copied].map((region) => versions(simulation, region))).toEqual([[old], [old]]);
    expect(leftIn(simulation)).toEqual(nothing);
  });

  test('a launch template that is not there, or whose owner did not tag it for the recipe, refuses the build at once', async () => {
    const simulation = withTemplates(
      {
        changes: {
          distribute: [
            { ...targets.home, launchTemplate: { name: 'web' } },
            { ...targets.copied, launchTemplate: { id: 'lt-00000000000000000' } },
          ],
        },
      },
      'other',
    );
    const execution = await build(simulation);
    expect(execution.error).toBe('RecipeInvalid');
    expect(execution.cause).toContain('distribute[0].launchTemplate: the launch template web in us-east-1');
    expect(execution.cause).toContain('has the tag golden:recipe=other, not golden:recipe=base');
    expect(execution.cause).toContain('lt-00000000000000000 in eu-west-1 does not exist');
    expect(leftIn(simulation)).toEqual(nothing);
  });

  test('a build that fails before its publish touches no launch template', async () => {
    const simulation = withTemplates();
    const execution = simulation.start({ recipe: 'base' });
    stopAt(simulation, execution, 'Publish');
    await simulation.finish(execution);
    await simulation.pass(3600);
    expect([home, copied].map((region) => versions(simulation, region))).toEqual([[old], [old]]);
  });
});

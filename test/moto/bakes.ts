import { expect } from '@jest/globals';
import type { Manifest } from '../../core/build/manifest.ts';
import { buildName } from '../../core/build/identity.ts';
import {
  type MotoEstate,
  estateOf,
  storedManifest,
  emptyEstate,
  parameterIn,
  motoRegions,
  imageSharing,
  tagsOfImage,
} from './estate.ts';
import type { Lab, Setup } from './lab.ts';

/** A recipe with one step, one check and three targets, with some of its keys replaced. */
export const motoRecipe = (name: string, changes: Record<string, unknown> = {}) => ({
  name,
  description: 'baked on moto',
  source: { parameter: '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64', owner: 'amazon' },
  builder: { instanceTypes: ['t3.small'], instanceProfile: 'golden-image-builder' },
  provision: [{ name: 'patch', run: 'dnf -y upgrade' }],
  checks: [{ name: 'boots', run: 'true' }],
  distribute: [
    { region: 'us-east-1', accounts: ['111122223333'] },
    { region: 'eu-west-1', kmsKey: 'alias/golden-eu', accounts: ['111122223333'] },
    { region: 'ap-southeast-2' },
  ],
  publish: { channel: 'stable' },
  ...changes,
});

export interface Baked {
  status: string | undefined;
  error: string | undefined;
  cause: string | undefined;
  build: string;
  entered: string[];
  /** The states whose heartbeat ran out. */
  missed: string[];
  manifest: Manifest | undefined;
}

/** Deploys, starts and waits for the end; the scenario's name is the execution's. */
export async function bakeOnMoto(
  lab: Lab,
  scenario: string,
  input: { recipe: unknown },
  setup?: Setup,
): Promise<Baked> {
  const execution = await lab.start(await lab.deploy(scenario, setup), scenario, input);
  return bakedOf(lab, execution, input);
}

export async function bakedOf(lab: Lab, execution: string, input: { recipe: unknown; build?: string }): Promise<Baked> {
  const { status, error, cause, startDate } = await lab.finish(execution);
  const name = typeof input.recipe === 'string' ? input.recipe : (input.recipe as { name: string }).name;
  const build = input.build ?? buildName({ id: execution, startedAt: startDate?.toISOString() ?? '' });
  return {
    status,
    error,
    cause,
    build,
    entered: await lab.entered(execution),
    missed: await lab.missedBeats(execution),
    manifest: await storedManifest(lab, name, build),
  };
}

/** A build that failed left nothing anywhere, and its manifest says so. */
export async function expectUndone(lab: Lab, name: string, baked: Baked, error: string) {
  expect({ status: baked.status, error: baked.error }).toEqual({ status: 'FAILED', error });
  expect(await estateOf(lab, name)).toMatchObject(emptyEstate);
  expect(await parameterIn(lab, `/golden/${name}/stable`)).toEqual({});
  expect(baked.manifest).toMatchObject({ status: 'failed', failure: { error, left: [] } });
}

/** The image is in these regions and no other, once, with its channel pointing at it, and nothing temporary is left. */
export async function expectPublished(lab: Lab, name: string, baked: Baked, where: string[] = motoRegions) {
  expect({ status: baked.status, error: baked.error, cause: baked.cause }).toEqual({ status: 'SUCCEEDED' });
  const estate = await estateOf(lab, name);
  expect(estate).toMatchObject({ living: [], volumes: [] });
  expect(Object.keys(estate.images)).toEqual(where);
  const amis = where.map((region) => [region, estate.images[region]?.map(({ ImageId }) => ImageId) ?? []] as const);
  for (const [region, ids] of amis) expect([region, ids.length]).toEqual([region, 1]);
  expect(await parameterIn(lab, `/golden/${name}/stable`)).toEqual(
    Object.fromEntries(amis.map(([region, [ami]]) => [region, `aws:ec2:image ${ami}`])),
  );
  const { manifest, build } = baked;
  expect(manifest).toMatchObject({ schema: 1, recipe: name, build, status: 'published', failure: null });
  expect(
    manifest?.targets.filter(({ status }) => status === 'published').map(({ region, ami }) => [region, [ami]]),
  ).toEqual(amis);
  return estate;
}

/** The recipe al2023-base in all its three regions, as its file says it. */
export async function bakeHappily(
  lab: Lab,
  scenario: string,
  setup?: Setup,
): Promise<MotoEstate & Pick<Baked, 'missed'>> {
  const name = 'al2023-base';
  const baked = await bakeOnMoto(lab, scenario, { recipe: name }, setup);
  const estate = await expectPublished(lab, name, baked);
  const sharing: Record<string, unknown> = {};
  for (const region of motoRegions) {
    const image = estate.images[region]?.[0] ?? {};
    expect(image.Name).toBe(`${name}-${baked.build}`);
    expect(tagsOfImage(image)).toMatchObject({
      'golden:recipe': name,
      'golden:build': baked.build,
      'golden:role': 'image',
      team: 'platform',
      os: 'amazon-linux-2023',
      'layer:imds': 'v2.0',
      ...(region !== 'us-east-1' && {
        'layer:source': estate.images['us-east-1']?.[0]?.ImageId,
        'layer:encrypted': 'true',
      }),
    });
    expect(estate.snapshots[region]).toEqual([image.BlockDeviceMappings?.[0]?.Ebs?.SnapshotId]);
    sharing[region] = await imageSharing(lab, region, image);
  }
  expect(sharing).toEqual({
    'us-east-1': { launch: ['111122223333', '444455556666'], volume: ['111122223333', '444455556666'] },
    'eu-west-1': { launch: ['arn:aws:organizations::111122223333:organization/o-exampleorgid'], volume: [] },
    'ap-southeast-2': {
      launch: ['123456789012', 'arn:aws:organizations::111122223333:ou/o-exampleorgid/ou-ab12-workload'],
      volume: ['123456789012'],
    },
  });
  return { ...estate, missed: baked.missed };
}

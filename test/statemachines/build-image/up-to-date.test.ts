import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Catalog } from '../../../core/recipe/types.ts';
import { keyOf } from '../../../core/memory/documents.ts';
import { emptyRecord } from '../../../core/build/record.ts';
import type { InterferedCall } from '../../../simulator/pipeline/interference.ts';
import { createSimulation, type Simulation } from '../../../simulator/pipeline/simulation.ts';
import type { Execution } from '../../../simulator/states/step-functions.ts';
import {
  account,
  build,
  copied,
  home,
  imageIn,
  launched,
  leftIn,
  manifestIn,
  recipe,
  statesEntered,
  targets,
} from '../../support/pipeline.ts';
import type { Image } from '../../../simulator/aws/state/images.ts';

const channel = '/golden/base/stable';
const script = 'scripts/harden.sh';
const hour = 3600;

const catalogOf = (): Catalog => ({
  recipes: {
    base: {
      ...recipe,
      provision: [{ script }],
      distribute: [targets.home, targets.copied],
      triggers: { schedule: 'rate(7 days)' },
    },
  },
  scripts: { [script]: 'set -e' },
  version: '1.0.0',
});

const recordIn = (simulation: Simulation) => simulation.read({ recipe: 'base' }, 'record') ?? emptyRecord();

/** What Resolve said: the build that is up to date, or why none is. */
const foundBy = ({ history }: Execution) => {
  const output = history.find(({ type }) => type === 'TaskStateExited')?.['stateExitedEventDetails'];
  return (JSON.parse((output as { output: string }).output) as { upToDate: { is: boolean; because?: string } })
    .upToDate;
};

describe('once an image is published', () => {
  let catalog: Catalog;
  let simulation: Simulation;
  let first: Execution;
  let stopping = false;
  let denied: string[] = [];
  const base = () => catalog.recipes['base'] as Record<string, unknown>;

  beforeAll(async () => {
    catalog = catalogOf();
    const enter = (state: string) => (stopping && state === 'Launch' ? ('ABORTED' as const) : undefined);
    const call = ({ by, action }: InterferedCall) =>
      by === 'Resolve' && denied.includes(action) ? { error: 'UnauthorizedOperation', effect: false } : undefined;
    simulation = createSimulation({ catalog, scenario: { rates: { eventsLost: 1 } }, interfere: { enter, call } });
    first = await build(simulation);
  });

  const published = () => recordIn(simulation).published?.build;

  /** A start that must find nothing to do. */
  async function again(input: Record<string, unknown> = {}) {
    const began = simulation.clock.now();
    const second = await build(simulation, { recipe: 'base', ...input });
    const manifest = manifestIn(simulation, second);
    expect(statesEntered(second)).toEqual(['Begin', 'Resolve', 'IsUpToDate', 'RecordUpToDate', 'UpToDate']);
    const builders = launched(simulation, 'builder').map(({ tags }) => tags.get('golden:build'));
    expect(builders).not.toContain(manifest.build);
    const { published: upToDate } = JSON.parse(second.output ?? '') as { published: string };
    return { second, manifest, upToDate, seconds: (simulation.clock.now() - began) / 1000 };
  }

  /** Why a start finds something to do; what it is to build is not built. */
  async function reasonToBuild() {
    stopping = true;
    const second = await build(simulation);
    stopping = false;
    expect(second.status).toBe('ABORTED');
    return foundBy(second).because;
  }

  test('a second start is up to date within seconds: nothing is launched, and nothing has changed', async () => {
    const before = { left: leftIn(simulation), record: recordIn(simulation) };
    const { second, manifest, seconds } = await again();
    expect(seconds).toBeLessThan(10);
    expect({ left: leftIn(simulation), record: recordIn(simulation) }).toEqual(before);
    const { cost: _ofThatBuild, ...made } = manifestIn(simulation, first);
    expect(manifest).toEqual({
      ...made,
      build: expect.not.stringMatching(made.build),
      status: 'up-to-date',
      timings: [{ state: 'Resolve', startedAt: expect.any(String), seconds: expect.any(Number) }],
    });
    expect(JSON.parse(second.output ?? '')).toEqual({
      recipe: 'base',
      build: manifest.build,
      status: 'up-to-date',
      published: made.build,
    });
  });

  test('looks that AWS refuses are in the notes, and those of earlier builds are not', async () => {
    denied = ['DescribeRegions'];
    const { notes } = (await again()).manifest;
    expect(notes).toEqual([expect.stringMatching(/^distribute: .*ec2:DescribeRegions in us-east-1: /)]);
    denied = ['DescribeSnapshots'];
    expect(await reasonToBuild()).toMatch(/us-east-1 cannot be looked at: ec2:DescribeSnapshots/);
    denied = [];
    expect((await again()).manifest.notes).toBeUndefined();
  });

  test('that holds for automatic starts, for a document and for overrides that come to the same', async () => {
    for (const input of [
      { trigger: { by: 'schedule', reason: 'rate(7 days)' } },
      { recipe: structuredClone(base()) },
      { overrides: { image: { tags: { team: 'platform' } } } },
    ])
      expect((await again(input)).upToDate).toBe(published());
  });

  test('when to build is no reason to build', async () => {
    const before = catalog.recipes['base'];
    catalog.recipes['base'] = { ...base(), triggers: { onSourceUpdate: true } };
    expect((await again()).upToDate).toBe(published());
    catalog.recipes['base'] = before;
  });

  test('a build that was up to date cannot be completed: there is nothing to complete', async () => {
    const { build: id } = (await again()).manifest;
    expect(await build(simulation, { recipe: 'base', build: id })).toMatchObject({
      error: 'RecipeInvalid',
      cause: expect.stringContaining(`${id} made nothing: the image was up to date`),
    });
  });

  test('the image carries its digest in every region', () => {
    const digest = recordIn(simulation).published?.digest;
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    for (const region of [home, copied]) {
      expect(imageIn(simulation, region).tags.get('golden:digest')).toBe(digest);
      const ours = [...simulation.cloud.world.region(region).snapshots.values()].filter((one) => one.owner === account);
      expect(ours.map(({ tags }) => tags.get('golden:digest'))).toEqual(ours.map(() => digest));
    }
  });

  test('an AWS that has no time for the look is asked again', async () => {
    const describe = simulation.cloud.services.ec2['DescribeImages'];
    let busy = 12;
    simulation.cloud.services.ec2['DescribeImages'] = (input, from) => {
      if (from.region === copied && busy-- > 0)
        throw Object.assign(new Error('busy'), { name: 'RequestLimitExceeded', code: 'RequestLimitExceeded' });
      return describe?.(input, from);
    };
    expect((await again()).upToDate).toBe(published());
    expect(busy).toBeLessThanOrEqual(0);
    if (describe) simulation.cloud.services.ec2['DescribeImages'] = describe;
  });

  /** What happens to the world, and how it is taken back. */
  type Change = () => () => void;
  const set = <T extends object, K extends keyof T>(thing: T, key: K, value: T[K]) => {
    const before = thing[key];
    thing[key] = value;
    return () => void (thing[key] = before);
  };
  /** Changes the recipe as a deployment does: by another document. */
  const redeployed = (change: object) => {
    const before = base();
    catalog.recipes['base'] = { ...before, ...change };
    return () => void (catalog.recipes['base'] = before);
  };
  const image = (change: (image: Image) => () => void, region: string = copied) => {
    return () => change(imageIn(simulation, region));
  };
  const tagged = (key: string, value?: string) =>
    image(({ tags }) => {
      const before = tags.get(key);
      if (value === undefined) tags.delete(key);
      else tags.set(key, value);
      return () => void (before === undefined ? tags.delete(key) : tags.set(key, before));
    });
  const source = recipe.source.parameter;
  const artifactGone = (name: () => string) => () => {
    const objects = simulation.cloud.world.buckets.get(simulation.bucket)?.objects;
    const [key, object] = [name(), objects?.get(name())];
    objects?.delete(key);
    return () => void (object && objects?.set(key, object));
  };

  const reasons: [sentence: string, change: Change, because: RegExp][] = [
    [
      'the source image is a newer one',
      () => {
        const { id } = simulation.cloud.addImage({
          name: 'al2023-ami-next',
          owner: '137112412989',
          ownerAlias: 'amazon',
          public: true,
          region: home,
        });
        const before = recordIn(simulation).published?.source ?? '';
        simulation.cloud.setParameter(home, source, id);
        return () => simulation.cloud.setParameter(home, source, before);
      },
      /^the source image is ami-\w+, and \S+ was made from ami-\w+$/,
    ],
    [
      'a key of the recipe has changed',
      () => redeployed({ description: 'another' }),
      /the recipe, one of its scripts .* changed/,
    ],
    [
      'a script has changed',
      () => set(catalog.scripts, script, 'set -eu'),
      /the recipe, one of its scripts .* changed/,
    ],
    [
      'the pipeline is of another version',
      () => set(catalog, 'version', '1.0.1'),
      /the recipe, one of its scripts .* changed/,
    ],
    [
      'a channel was moved away',
      () => {
        const parameter = simulation.cloud.world.region(copied).parameters.get(`${account} ${channel}`);
        return set(parameter?.versions.at(-1) ?? { value: '' }, 'value', 'ami-0123456789abcdef0');
      },
      /^the channel in eu-west-1 holds ami-0123456789abcdef0$/,
    ],
    [
      'a channel is gone',
      () => {
        const { parameters } = simulation.cloud.world.region(copied);
        const parameter = parameters.get(`${account} ${channel}`);
        parameters.delete(`${account} ${channel}`);
        return () => void (parameter && parameters.set(`${account} ${channel}`, parameter));
      },
      /^the channel in eu-west-1 holds nothing$/,
    ],
    [
      'the copy in one region is gone',
      image((one) => {
        const { images } = simulation.cloud.world.region(copied);
        images.delete(one.id);
        return () => void images.set(one.id, one);
      }),
      /^ami-\w+ in eu-west-1 is gone$/,
    ],
    [
      'the copy in one region is disabled',
      image((one) => set(one, 'state', 'disabled')),
      /^ami-\w+ in eu-west-1 is disabled$/,
    ],
    [
      'the image is deprecated',
      image((one) => set(one, 'deprecatedAt', simulation.clock.now() - 1000), home),
      /^ami-\w+ in us-east-1 is deprecated$/,
    ],
    [
      'an alias means another key than the one that encrypts the image',
      () => {
        const keys = simulation.cloud.keys.get(copied)!;
        const [before, moved] = [keys.get('alias/golden-eu')!, simulation.cloud.addKey(copied, 'alias/moved')];
        keys.set('alias/golden-eu', moved);
        return () => void keys.set('alias/golden-eu', before);
      },
      /^in eu-west-1 snap-\w+ \(\/dev\/xvda of ami-\w+\) is encrypted with \S+, not with alias\/golden-eu \(/,
    ],
    ['the image is only kept for a while', tagged('golden:expires', '2027-01-01T00:00:00Z'), /is only kept until 2027/],
    ['an AMI does not carry the digest', tagged('golden:digest'), /does not carry the tag golden:digest/],
    [
      'a region does not let us look',
      () => {
        const { ec2 } = simulation.cloud.services;
        const describe = ec2['DescribeImages'];
        return set(ec2, 'DescribeImages', (input, from) => {
          if (from.region === copied)
            throw Object.assign(new Error('no'), { name: 'UnauthorizedOperation', code: 'UnauthorizedOperation' });
          return describe?.(input, from);
        });
      },
      /^eu-west-1 cannot be looked at: ec2:DescribeImages of ami-\w+ in eu-west-1: UnauthorizedOperation/,
    ],
    [
      'the manifest is gone',
      artifactGone(() => keyOf({ recipe: 'base', build: recordIn(simulation).published?.build ?? '' }, 'manifest')),
      /^the manifest of \S+ does not say that it was published$/,
    ],
    [
      'the record is gone',
      artifactGone(() => keyOf({ recipe: 'base' }, 'record')),
      /^no build of the recipe was published yet$/,
    ],
  ];

  test.each(reasons)(
    'it is built again where %s, and is up to date when that has passed',
    async (_, change, because) => {
      const takeBack = change();
      expect(await reasonToBuild()).toMatch(because);
      takeBack();
      expect((await again()).upToDate).toBe(published());
    },
  );

  test('it is built again when it is older than rebuildAfter', async () => {
    await simulation.pass(2 * hour);
    const takeBack = redeployed({ triggers: { rebuildAfter: '1h' } });
    expect(await reasonToBuild()).toMatch(/^\S+ was published 2h.* ago, and rebuildAfter is 1h$/);
    takeBack();
    expect((await again()).upToDate).toBe(published());
  });

  test('by force it is built all the same, and the next start finds that one up to date', async () => {
    const forced = await build(simulation, { recipe: 'base', force: true });
    const { status, build: id } = manifestIn(simulation, forced);
    expect(status).toBe('published');
    expect((await again()).upToDate).toBe(id);
    expect(recordIn(simulation)).toMatchObject({ published: { build: id }, started: { build: id, by: 'hand' } });
  });

  test('another image in the channel, of another version of the recipe, is replaced by what the recipe asks for', async () => {
    const before = base();
    catalog.recipes['base'] = { ...before, description: 'special' };
    const special = await build(simulation);
    expect(manifestIn(simulation, special).status).toBe('published');
    catalog.recipes['base'] = before;
    expect(await reasonToBuild()).toMatch(/has changed since/);
  });

  test('after 30 days a recipe that says nothing of it is built again', async () => {
    catalog.recipes['base'] = { ...base(), description: 'special' };
    expect((await again()).upToDate).toBe(published());
    await simulation.pass(30 * 24 * hour);
    expect(await reasonToBuild()).toMatch(/^\S+ was published 30d.* ago, and rebuildAfter is 30d$/);
  });
});

test('a target that may fail and did is a reason to build again', async () => {
  const catalog = { ...catalogOf(), recipes: { base: recipe } };
  const api = [{ action: 'ec2:CopyImage', region: 'ap-southeast-2', times: 1, error: 'AuthFailure', message: 'no' }];
  const simulation = createSimulation({ catalog, scenario: { api } });
  await build(simulation);
  const second = await build(simulation);
  expect(foundBy(second).because).toMatch(/^ap-southeast-2 did not get the image of \S+$/);
  expect(manifestIn(simulation, second).targets.map(({ status }) => status)).toEqual(Array(3).fill('published'));
});

test('a build that died after its image was published is up to date', async () => {
  const interfere = { enter: (entered: string) => (entered === 'CleanUp' ? ('ABORTED' as const) : undefined) };
  const simulation = createSimulation({ catalog: catalogOf(), interfere });
  await build(simulation);
  await simulation.pass(hour);
  const second = await build(simulation);
  expect(foundBy(second)).toEqual({ is: true, build: recordIn(simulation).published?.build, notes: [] });
  expect(manifestIn(simulation, second)).toMatchObject({
    status: 'up-to-date',
    targets: [home, copied].map((region) => ({ region, status: 'published', ami: imageIn(simulation, region).id })),
  });
});

import { beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import type { Forecast } from '../../core/forecast/forecast.ts';
import { formatPath } from '../../core/recipe/recipe.ts';
import { ApiError } from '../../simulator/aws/calls/actions.ts';
import type { Simulation } from '../../simulator/pipeline/simulation.ts';
import { brisk, operator } from '../support/deployed.ts';
import { artifactKeys, build, leftIn, manifestIn, pipeline, recipe, targets } from '../support/pipeline.ts';

let simulation: Simulation;
let published = '';
let before: unknown;

/** Everything in the account that a plan could have changed. */
const account = () => ({ ...leftIn(simulation), documents: artifactKeys(simulation) });

async function plan(input: unknown): Promise<Forecast> {
  const { status, output, cause } = await simulation.finish(simulation.plan(input));
  expect([status, cause]).toEqual(['SUCCEEDED', undefined]);
  return JSON.parse(output ?? '{}') as Forecast;
}

/** Wrong in as many places as one recipe can be. */
const wrong = {
  ...recipe,
  builder: {
    ...recipe.builder,
    instanceTypes: ['m7i-flex.nano', 't3.small'],
    subnets: ['subnet-0aaaaaaaaaaaaaaaa'],
    securityGroups: ['sg-0aaaaaaaaaaaaaaaa'],
    rootVolume: { sizeGiB: 1, kmsKey: 'alias/nobody' },
  },
  distribute: [
    { ...targets.home, kmsKey: 'alias/nothing' },
    { ...targets.copied, kmsKey: 'alias/unknown' },
    { region: 'af-south-1' },
  ],
};

beforeAll(async () => {
  simulation = pipeline({ scenario: { delays: brisk } });
  published = manifestIn(simulation, await build(simulation)).build;
  before = account();
}, 60_000);

describe('plan-build', () => {
  test('says that a start would build nothing where the published build is what the recipe asks for', async () => {
    const { status, current, problems, would } = await plan({ recipe: 'base' });
    expect([status, current, problems]).toEqual(['up-to-date', published, []]);
    expect(would).toMatchObject({ region: 'us-east-1', channel: '/golden/base/stable', timedBy: published });
    expect(would?.targets.map(({ region, required }) => [region, required])).toEqual([
      ['us-east-1', true],
      ['eu-west-1', true],
      ['ap-southeast-2', false],
    ]);
  });

  test('says why a start would build, how long that takes and what it costs', async () => {
    const { status, because, would } = await plan({
      recipe: { ...recipe, provision: [{ name: 'patch', run: 'dnf -y upgrade --releasever=latest' }] },
    });
    expect([status, because]).toEqual(['ready', expect.stringMatching(/\w/)]);
    expect(would?.seconds).toBeGreaterThan(60);
    expect(would?.cost?.usd).toBeGreaterThan(0);
  });

  test('lists all problems at once, each with its place, where a build would have shown one after another', async () => {
    const { status, problems } = await plan({ recipe: wrong });
    expect(status).toBe('refused');
    expect(problems.map(({ path }) => formatPath(path)).toSorted()).toEqual([
      'builder.instanceTypes[0]',
      'builder.rootVolume.kmsKey',
      'builder.rootVolume.sizeGiB',
      'builder.securityGroups[0]',
      'builder.subnets[0]',
      'distribute[0].kmsKey',
      'distribute[0].kmsKey',
      'distribute[1].kmsKey',
      'distribute[2].region',
    ]);
  });

  test('lets EC2 say whether it would launch the builder, with the permissions of Launch, and launches nothing', async () => {
    const nobody = { recipe: { ...recipe, builder: { ...recipe.builder, instanceProfile: 'nobody' } } };
    expect((await plan(nobody)).problems).toEqual([
      {
        path: ['builder', 'instanceProfile'],
        message: 'IAM has no instance profile nobody in this account; create it, or name another',
      },
    ]);
    const { iam } = simulation.cloud.services;
    const { GetInstanceProfile: shown } = iam!;
    iam!['GetInstanceProfile'] = () => {
      throw new ApiError('AccessDenied', 'no', 403);
    };
    const unseen = await plan(nobody);
    iam!['GetInstanceProfile'] = shown as NonNullable<typeof shown>;
    expect(unseen.notes).toEqual([
      expect.stringContaining('could not see whether the instance profile nobody has a role: iam:GetInstanceProfile'),
    ]);
    expect(unseen.problems).toEqual([
      {
        path: ['builder'],
        message: expect.stringMatching(
          /^EC2 would refuse to launch the builder: ec2:RunInstances .*InvalidParameterValue: Value \(nobody\) .*look at `builder.instanceProfile`, or deploy again if it was made for the secrets of a recipe$/,
        ),
      },
    ]);
    const { ec2 } = simulation.cloud.services;
    const { RunInstances: real } = ec2;
    ec2['RunInstances'] = () => {
      throw new ApiError('UnauthorizedOperation', 'You are not authorized to perform: ec2:RunInstances', 403);
    };
    const { problems } = await plan({ recipe: wrong });
    ec2['RunInstances'] = real as NonNullable<typeof real>;
    expect(problems).toHaveLength(10);
    expect(problems.at(-1)?.message).toMatch(
      /^the role of the function Launch lacks a permission: ec2:RunInstances of ami-.* in us-east-1: UnauthorizedOperation: You are not/,
    );
  });

  test('lets EC2 say whether it would copy and share, on the image that is published, and copies and shares nothing', async () => {
    const { ec2 } = simulation.cloud.services;
    const real = { ...ec2 };
    const denied = (action: string, region: string) => {
      ec2[action] = (input, caller) => {
        if (caller.region === region) throw new ApiError('UnauthorizedOperation', `You may not: ec2:${action}`, 403);
        return real[action]?.(input, caller);
      };
    };
    denied('CopyImage', 'eu-west-1');
    denied('ModifySnapshotAttribute', 'us-east-1');
    const { status, problems, notes } = await plan({ recipe: 'base' });
    Object.assign(ec2, real);
    expect([status, notes]).toEqual(['refused', []]);
    expect(problems).toEqual([
      {
        path: ['distribute', 1],
        message: expect.stringMatching(/^the role of the function CopyImage lacks a permission: .* in eu-west-1: UnauthorizedOperation/),
      },
      {
        path: ['distribute', 0],
        message: expect.stringMatching(
          /^the role of the function GrantPermissions lacks a permission: ec2:ModifySnapshotAttribute .* in us-east-1/,
        ),
      },
    ]);
  });

  test('tells a trial that AWS did not answer, and goes on', async () => {
    const { ec2 } = simulation.cloud.services;
    const { CopyImage: real } = ec2;
    ec2['CopyImage'] = () => {
      throw new ApiError('InvalidAMIID.NotFound', 'The image id does not exist');
    };
    const { status, notes } = await plan({ recipe: 'base' });
    ec2['CopyImage'] = real as NonNullable<typeof real>;
    expect([status, notes]).toEqual([
      'up-to-date',
      Array.from({ length: 2 }, () => expect.stringMatching(/^EC2 did not let CopyImage be tried on the published image: /)),
    ]);
  });

  test('finds a parameter in the way of the channel', async () => {
    const { parameters } = simulation.cloud.world.region('eu-west-1');
    const key = '222233334444 /golden/base/stable';
    const held = parameters.get(key)!;
    const [version] = held.versions.slice(-1);
    parameters.set(key, { ...held, versions: [{ ...version!, type: 'SecureString' }] });
    const { problems } = await plan({ recipe: 'base' });
    parameters.set(key, { ...held, versions: [{ ...version!, value: 'hello' }] });
    problems.push(...(await plan({ recipe: 'base' })).problems);
    parameters.set(key, held);
    const says = (what: string) =>
      `/golden/base/stable in eu-west-1 ${what}, so Publish could not replace it; delete the parameter, or publish to another channel`;
    expect(problems).toEqual(
      ['is a SecureString', 'holds something else than the id of an AMI'].map((what) => ({
        path: ['publish', 'channel'],
        message: says(what),
      })),
    );
  });

  test('says a missing source and the other problems together', async () => {
    const { problems, would } = await plan({
      recipe: { ...recipe, source: { ami: 'ami-0aaaaaaaaaaaaaaaa', owner: 'amazon' }, distribute: [{ region: 'af-south-1' }] },
    });
    expect(problems.map(({ path }) => formatPath(path))).toEqual(['source', 'distribute[0].region']);
    expect(would).toBeUndefined();
  });

  test.each<[unknown, string, string]>([
    [{}, 'recipe', 'must be the name of a recipe or a recipe document'],
    [{ recipe: 'bass' }, 'recipe', 'there is no recipe "bass"; there are base; did you mean base?'],
    [{ recipe: 'base', force: true }, '', 'unknown key force; known are recipe, overrides, parameters, scripts'],
    [{ recipe, scripts: { 'a.sh': 1 } }, 'scripts', 'must be an object of file names and their texts'],
    [[], '', 'the execution input must be an object like {"recipe": "al2023-base"}'],
  ])('refuses the input %j', async (input, path, message) => {
    const { status, problems } = await plan(input);
    expect([status, problems.map((one) => [formatPath(one.path), one.message])]).toEqual(['refused', [[path, message]]]);
  });
});

/** Targets with everything that a plan tells of one. The account has no role for the copy, which is the problem. */
const everything = [
  targets.home,
  { ...targets.copied, completeWithin: '30m', copyTo: [{ account: '111122223333' }] },
  { region: 'us-east-1', id: 'vault', kmsKey: 'alias/golden' },
];

describe('golden plan', () => {
  const run = (...args: string[]) => operator(simulation).run('plan', ...args);

  test('shows what would be built, where, how long and for how much', async () => {
    const { exitCode, out } = await run('base');
    expect(exitCode).toBe(0);
    expect(out).toMatch(/eu-west-1 +alias\/golden-eu +o-exampleorgid +\/golden\/base\/stable +yes/);
    expect(out).toMatch(new RegExp(`it takes about \\d+m \\d+s, as the build ${published} did`));
    expect(out).toMatch(/it costs at most about \$0\.\d\d/);
  });

  test('with --json, problems have the shape of every refusal, and the exit code is 2', async () => {
    const { exitCode, out } = await run('base', '--json', '--override', 'builder.subnets=[subnet-0bbbbbbbbbbbbbbbb]');
    const { status, problems } = JSON.parse(out) as { status: string; problems: unknown[] };
    expect([exitCode, status, problems]).toEqual([
      2,
      'refused',
      [
        {
          file: '--override',
          path: 'builder.subnets[0]',
          message: expect.stringContaining('subnet-0bbbbbbbbbbbbbbbb does not exist in us-east-1'),
        },
      ],
    ]);
  });

  test('each key that --json prints stands in its documentation', async () => {
    const { out, exitCode } = await run('base', '--json', '--override', `distribute=${JSON.stringify(everything)}`);
    expect(exitCode).toBe(2);
    const page = readFileSync('docs/plan.md', 'utf8');
    const [, section = ''] = /## What `--json` prints([^]*?)\n## /.exec(page) ?? [];
    const keysOf = (value: unknown): string[] => {
      if (Array.isArray(value)) return value.flatMap(keysOf);
      if (typeof value !== 'object' || value === null) return [];
      return Object.entries(value).flatMap(([key, inner]) => [key, ...keysOf(inner)]);
    };
    const keys = [...new Set(keysOf(JSON.parse(out)))];
    expect(keys).toEqual(expect.arrayContaining(['copiedTo', 'secondCopies', 'inOtherAccounts', 'file', 'because']));
    expect(keys.filter((key) => !new RegExp(`\`(would\\.)?${key}(\\[\\])?\``).test(section))).toEqual([]);
  });

  test.each<[string[], string]>([
    [['../base'], '../base'],
    [['Base'], 'Base: is not the name of a recipe'],
    [['no-such.yaml'], 'no-such.yaml: cannot be read'],
    [['bass'], 'there is no recipe "bass"; there are base'],
    [['web-server'], 'examples/web-server.yaml exists: name the file'],
    [['base', '--region', 'mars-1'], '--region mars-1: there is no such region'],
    [['base', '--override', '=1', '--override', 'builder={'], '--override =1: is not like'],
    [['base', '--override', 'name=other'], 'overrides cannot rename the recipe base'],
    [['base', '--override', 'builder.nonsense=1'], 'builder.nonsense'],
    [[], "missing required argument 'recipe'"],
  ])('%j is refused, and nothing is started that could make anything', async (args, says) => {
    const { exitCode, out, err } = await run(...args);
    expect([exitCode, `${err}${out}`]).toEqual([2, expect.stringContaining(says)]);
  });

  test('a file that is not deployed is planned, with its scripts', async () => {
    const { exitCode, out } = await run('examples/web-server.yaml', '--json');
    const { problems, recipe: name } = JSON.parse(out) as { problems: { path: string; line: number }[]; recipe: string };
    expect([exitCode, name]).toEqual([2, 'web-server']);
    expect(problems).toContainEqual(expect.objectContaining({ path: 'source', line: expect.any(Number) }));
  });
});

test('whatever AWS refuses to a function, the plan says so, and the rest of it is there', async () => {
  const from = simulation.cloud.calls.length;
  await plan({ recipe: 'base' });
  const seen = simulation.cloud.calls.slice(from).filter(({ by }) => by !== undefined);
  const actions = [...new Set(seen.map(({ service, action }) => `${service}:${action}`))].filter((one) => !one.startsWith('s3:'));
  expect(actions.length).toBeGreaterThan(15);
  const mute: string[] = [];
  for (const one of actions) {
    const [service = '', action = ''] = one.split(':');
    const { [service]: actionsOf = {} } = simulation.cloud.services;
    const { [action]: real } = actionsOf;
    actionsOf[action] = () => {
      throw new ApiError(service === 'ec2' ? 'UnauthorizedOperation' : 'AccessDeniedException', `no ${one} here`, 403);
    };
    const { problems, notes } = await plan({ recipe: 'base' });
    actionsOf[action] = real as NonNullable<typeof real>;
    if (!JSON.stringify([problems, notes]).includes(`no ${one} here`)) mute.push(one);
  }
  expect(mute).toEqual([]);
});

test('sees the quotas of every region and what is used of them, where a build would meet them after the bake', async () => {
  const limits = { imageLimit: 1, pendingSnapshotLimit: 0, publicImageLimit: 0, imageUserLimit: 1 };
  const crowded = pipeline({ scenario: { delays: brisk, ...limits, blockPublicImages: false } });
  const distribute = [
    { region: 'us-east-1', id: 'further', accounts: ['444455556666', '555566667777'] },
    { region: 'eu-west-1', allowPublic: true },
  ];
  const { builder } = recipe;
  const plain = { ...recipe, builder: { ...builder, rootVolume: {}, volumes: [] }, distribute };
  const { output = '' } = await crowded.finish(crowded.plan({ recipe: plain }));
  const { problems, notes } = JSON.parse(output) as Forecast;
  const said = problems.map(({ path, message }) => `${formatPath(path)}: ${message}`);
  expect(said).toEqual(
    expect.arrayContaining([
      expect.stringContaining('the build makes 2 AMIs in us-east-1, where the account has 0 of the 1 that it may have'),
      expect.stringContaining('distribute[1].allowPublic: would be public AMI 1 of the account in eu-west-1, and it may have 0'),
      expect.stringContaining('distribute[0]: is shared with 2 accounts, organizations and units, and EC2 shares an AMI with 1'),
    ]),
  );
  expect(notes).toContainEqual(expect.stringContaining('the 0 that may be pending are pending now'));
});

test('no plan made or changed anything', () => {
  expect(account()).toEqual(before);
});

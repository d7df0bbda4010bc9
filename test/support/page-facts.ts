// Facts of builds for their pages: of any number of regions and accounts, failed or not, with any output.
import { knownRegions } from '../../core/recipe/regions.ts';
import type { Manifest, ManifestTarget } from '../../core/build/manifest.ts';
import type { Plan } from '../../core/build/plan.ts';
import type { Timing } from '../../core/build/timings.ts';
import type { PageFacts } from '../../core/report/page/facts.ts';
import { document, execution, planOf } from './plan.ts';

interface Size {
  regions: number;
  accounts: number;
}

const accountOf = (index: number) => `3${String(index).padStart(11, '0')}`;
const accountsOf = (count: number) => Array.from({ length: count }, (_, index) => accountOf(index));
const home = 'us-east-1';
const regionsOf = (count: number) =>
  [
    home,
    ...knownRegions
      .filter((region) => /^(eu|ap|ca|sa|us-west)-/.test(region))
      .toSorted()
      .toReversed(),
  ].slice(0, count);

/** The image is published in the first region, failed in the second, and reached no further one. */
export function publishedManifest(size: Size, all = false): Manifest {
  const statuses = ['published', 'failed'] as const;
  const targets = regionsOf(size.regions).map((region, index): ManifestTarget => {
    const status = all ? 'published' : (statuses[index] ?? 'skipped');
    return {
      region,
      ami: status === 'published' ? `ami-${String(index).padStart(17, '0')}` : null,
      snapshots: [],
      accounts: accountsOf(size.accounts),
      organizations: ['arn:aws:organizations::111122223333:organization/o-exampleorgid'],
      organizationalUnits: [],
      parameter: status === 'published' ? '/golden/base/stable' : null,
      status,
      error: status === 'failed' ? 'CopyFailed: the key is disabled' : null,
    };
  });
  const copy = { account: '444455556666', snapshots: [], accounts: [], parameter: null, error: null };
  return {
    schema: 1,
    recipe: 'base',
    build: '20261123-030000-9f2c',
    status: 'published',
    source: { ami: 'ami-0123456789abcdef0', owner: '137112412989', name: 'al2023-ami-2023.9', region: home },
    image: { name: 'base-20261123-030000-9f2c', ami: 'ami-00000000000000000', region: home, snapshots: [] },
    targets,
    copiedTo: targets.slice(0, 2).map(({ region, status }, index) => ({
      ...copy,
      region,
      ami: index === 0 ? 'ami-0aaaaaaaaaaaaaaaa' : null,
      status: status === 'published' ? 'published' : 'skipped',
    })),
    timings: timingsOfSize(size),
    failure: null,
    cost: {
      usd: 0.33,
      parts: {
        instances: 0.01,
        volumes: 0.001,
        transfer: 0.31,
        transitions: 0.004,
        functions: 0.002,
        logs: 0,
        metrics: 0.003,
      },
      snapshotsPerMonth: 1.2,
      unpriced: [],
    },
  };
}

function timingsOfSize({ regions }: Size): Timing[] {
  const start = Date.parse('2026-11-23T03:00:00Z');
  const visit = (state: string, from: number, seconds: number, index?: number): Timing => ({
    state,
    startedAt: new Date(start + from * 1000).toISOString(),
    seconds,
    ...(index !== undefined && { index }),
  });
  return [
    visit('Resolve', 0, 2),
    visit('Launch', 2, 2),
    visit('AwaitBuilder', 4, 50),
    visit('SendCommand', 54, 1, 0),
    visit('AwaitCommand', 55, 80, 0),
    visit('SendCommand', 135, 1, 1),
    visit('AwaitCommand', 136, 12, 1),
    visit('Seal', 148, 30),
    visit('CreateImage', 178, 1),
    visit('AwaitImage', 179, 95),
    visit('LaunchCandidate', 274, 2),
    visit('AwaitCandidate', 276, 48),
    visit('SendCheck', 324, 1, 0),
    visit('AwaitCheck', 325, 9, 0),
    ...Array.from({ length: regions }, (_, index) => [
      visit('CopyImage', 274, 1, index),
      visit('AwaitCopy', 275, index === 0 ? 1 : 60 + 7 * index, index),
      visit('GrantPermissions', 280 + 7 * regions, 1, index),
    ]).flat(),
    visit('Verify', 290 + 7 * regions, 2),
    visit('Publish', 292 + 7 * regions, 6),
    visit('CleanUp', 298 + 7 * regions, 40),
  ];
}

/** Facts of a published build. */
export function publishedFacts(size: Size = { regions: 3, accounts: 2 }, all = true): PageFacts {
  const manifest = publishedManifest(size, all);
  const plan = planOf({
    distribute: manifest.targets.map(({ region, accounts }) => ({ region, accounts: accounts.slice(0, 3) })),
  });
  const old = planOf({ ...document, provision: [{ name: 'patch', run: 'dnf -y update' }] });
  const packages = Array.from({ length: 40 }, (_, index) => ({ name: `package-${index}`, version: `1.${index}-2` }));
  return {
    manifest,
    plan: { ...plan, replaces: { build: '20261116-030000-1a2b', images: [] } },
    timings: manifest.timings,
    execution: execution.id,
    outputs: [
      { command: 'c1', name: 'patch', phase: 'provision', index: 0, stdout: { text: 'patched\n', bytes: 8 } },
      { command: 'c2', name: 'boots', phase: 'check', index: 0, stdout: { text: 'boots\n', bytes: 6 } },
    ],
    packages,
    before: {
      plan: {
        ...old,
        build: '20261116-030000-1a2b',
        source: { ...old.source, ami: 'ami-0fedcba9876543210', name: 'al2023-ami-2023.8' },
      },
      packages: packages.slice(3).map(({ name, version }, index) => ({ name, version: index < 9 ? '0.9-1' : version })),
    },
    ancestors: [],
    bucket: 'golden-artifacts-111122223333',
  };
}

/** Facts of a build whose step `patch` failed. */
export function failedFacts(more: { cause?: string; undone?: string[]; left?: string[] } = {}): PageFacts {
  const facts = publishedFacts();
  const { manifest } = facts;
  const skipped = { ami: null, snapshots: [], parameter: null, status: 'skipped' as const, error: null };
  const timings = manifest.timings.filter(
    ({ state, index }) =>
      ['Resolve', 'Launch', 'AwaitBuilder'].includes(state) || (index === 0 && /Command/.test(state)),
  );
  const { copiedTo: _, cost: __, ...rest } = manifest;
  return {
    ...facts,
    timings,
    manifest: {
      ...rest,
      status: 'failed',
      image: null,
      targets: manifest.targets.map((target) => ({ ...target, ...skipped })),
      timings,
      failure: {
        state: 'AwaitCommand',
        error: 'ProvisionFailed',
        cause: more.cause ?? '"patch" (command c1) on i-0123: Failed, exit code 3\n--- end of stderr\nno space left',
        undone: more.undone ?? ['terminated instance i-0123 in us-east-1'],
        left: more.left ?? [],
        kept: [],
      },
    },
  };
}

/** Texts that would break a page which does not escape them. */
export const hostileOutput = [
  '<script>alert(1)</script></style></pre></body><img src="https://example.com/x.png" onerror="alert(1)">',
  '\u001b[31mred\u001b[0m \u001b]8;;https://example.com\u0007link\u001b]8;;\u0007 \u0000\u0007',
  'turned \u202Egpj.exe\u202C and \u2066isolated\u2069',
  'a progress bar\r 50 %\r100 %',
  `${'long '.repeat(40_000)}`,
  '${{ secrets }} {{ x }} &amp; "quotes" \'single\' ]]> -->',
].join('\n');

/** Facts of a failed build in which every text that others write is hostile. */
export function hostileFacts(): PageFacts {
  const facts = failedFacts({
    cause: hostileOutput,
    undone: [hostileOutput, '<b>bold</b>'],
    left: ['<svg onload="alert(1)">'],
  });
  const name = '</h1><script>alert("name")</script>';
  const plan = facts.plan as Plan;
  return {
    ...facts,
    plan: { ...plan, provision: plan.provision.map((command) => ({ ...command, name, document: '<i>doc</i>' })) },
    manifest: { ...facts.manifest, notes: [hostileOutput] },
    outputs: [
      { command: '"><script>', name, phase: 'provision', index: 0, stderr: { text: hostileOutput, bytes: 200_000 } },
    ],
    packages: [{ name: '<script>', version: '"onload=' }],
  };
}

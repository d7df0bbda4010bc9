import { expect, test } from '@jest/globals';
import type { Plan } from '../../../core/build/plan.ts';
import type { ChannelLedger } from '../../../core/distribute/channel.ts';
import { removalOf, type RemovalAnswer } from '../../../core/undo/removal.ts';
import { scopeOfFailed, scopeOfPublished, scopesByPlace } from '../../../core/undo/scope.ts';
import type { Kind, Thing } from '../../../core/undo/things.ts';
import { decideUndo, thingName, type UndoAction, type BuildSeen } from '../../../core/undo/undo.ts';
import { planOf } from '../../support/plan.ts';

const [home, copied] = ['us-east-1', 'eu-west-1'] as const;
const parameter = '/golden/base/stable';
const until = '2026-12-01T00:00:00.000Z';
const plan = planOf();
const keeping = planOf({ onFailure: 'keep-image' });
const { channel: _, ...silent } = plan;

const states = {
  instance: 'running',
  volume: 'available',
  import: 'active',
  image: 'available',
  snapshot: 'completed',
};
const thing = (kind: Kind, more: Partial<Thing> = {}): Thing => ({
  kind,
  id: { instance: 'i-1', volume: 'vol-1', import: 'import-snap-1', image: 'ami-1', snapshot: 'snap-1' }[kind],
  region: home,
  owner: '111122223333',
  state: states[kind],
  createdAt: '2026-11-23T03:10:00.000Z',
  tags: { 'golden:recipe': plan.recipe, 'golden:build': plan.build },
  snapshots: kind === 'image' && (more.state ?? 'available') === 'available' ? ['snap-1'] : [],
  ...more,
});
const image = (more: Partial<Thing> = {}) => thing('image', more);
const snapshot = (more: Partial<Thing> = {}) => thing('snapshot', more);
const expiring = (...things: Thing[]) =>
  things.map((one) => ({ ...one, tags: { ...one.tags, 'golden:expires': until } }));

const ledger = (more: Partial<ChannelLedger> = {}): ChannelLedger => ({
  parameter,
  before: [{ region: home, ami: 'ami-old' }, { region: copied }],
  after: [
    { region: home, ami: 'ami-1' },
    { region: copied, ami: 'ami-copy' },
  ],
  complete: false,
  ...more,
});

/** A decision in a line: what is done, to what, and what must go before. */
function line(action: UndoAction): string {
  if (action.do === 'leave') return `leave ${action.what}: ${action.why}`;
  if (action.do === 'restore') return `restore ${action.ami ?? 'nothing'} in ${action.region}`;
  if (action.do === 'unmark') return `unmark ${action.image.id}`;
  if (action.do === 'default' || action.do === 'unversion') return `${action.do} ${action.template} ${action.version}`;
  if (action.do === 'revoke') return `revoke ${action.id}`;
  if (action.do === 'keep') return `keep ${action.image.id}, tag ${action.untagged.join(' ') || 'nothing'}`;
  const after = action.after.map(({ id }) => ` after ${id}`).join('');
  return `${action.do} ${thingName(action.thing)}${after}`;
}

const looked = (seen: Partial<BuildSeen>): BuildSeen => ({
  things: [],
  channels: [],
  templates: [],
  unseen: [],
  ...seen,
});

interface Corner {
  of?: Plan;
  ledger?: ChannelLedger;
  manifest?: 'published' | 'failed';
  seen: Partial<BuildSeen>;
  until?: string;
}
const decide = ({ of = plan, ledger: known, manifest, seen, until: kept }: Corner): string[] =>
  decideUndo(scopeOfFailed(of, known, manifest && { status: manifest }), looked(seen), kept).map(line);

const mark = '123456789012:golden/base';
const marked = {
  ...plan,
  account: '123456789012',
  deployment: 'golden',
  recipe: 'base',
  document: { ...plan.document, publish: { channel: 'stable', watermark: true } },
};
const entry = { region: home, template: 'lt-1', ami: 'ami-1', setDefault: true, before: 3 };
const template = (seen?: { id: string; default: number; ours?: number }) => ({ ...entry, seen });

test.each<[string, Corner, string[]]>([
  [
    'a default version goes back before the version that the build made goes, and the AMI stays until both have',
    {
      ledger: ledger({ templates: [entry] }),
      seen: { things: [image()], templates: [template({ id: 'lt-1', default: 5, ours: 5 })] },
      until,
    },
    ['default lt-1 3', 'unversion lt-1 5', 'leave ami-1 in us-east-1: a version of a launch template has it'],
  ],
  [
    'the watermark goes before the AMI does, and from a kept AMI',
    { of: marked, ledger: ledger(), seen: { things: [image({ watermarks: [mark, '111122223333:parent'] })] }, until },
    ['unmark ami-1', 'deregister ami-1 in us-east-1'],
  ],
  [
    'an AMI that the channel still holds keeps its watermark until the channel is restored',
    {
      of: marked,
      ledger: ledger(),
      seen: {
        things: [image({ watermarks: [mark] })],
        channels: [{ region: home, parameter, ami: 'ami-1' }],
      },
    },
    ['restore ami-old in us-east-1', 'leave ami-1 in us-east-1: the channel points at it'],
  ],
  [
    'a published AMI keeps its watermark',
    { of: marked, ledger: ledger({ complete: true }), seen: { things: [image({ watermarks: [mark] })] } },
    [],
  ],
  [
    'a default version that somebody else has set meanwhile stays',
    {
      ledger: ledger({ templates: [entry] }),
      seen: { templates: [template({ id: 'lt-1', default: 6, ours: 5 })] },
    },
    ['unversion lt-1 5'],
  ],
  [
    'a launch template that the publish did not reach, or that is gone, holds nothing',
    {
      ledger: ledger({ templates: [entry] }),
      seen: { things: [image()], templates: [template(), template({ id: 'lt-1', default: 3 })] },
      until,
    },
    ['deregister ami-1 in us-east-1'],
  ],
  [
    'where EC2 does not show the launch templates, the images stay',
    {
      ledger: ledger({ templates: [entry] }),
      seen: { things: [image()], unseen: [{ of: 'template', region: home, answer: 'no' }] },
      until,
    },
    ['leave launch templates in us-east-1: no', 'leave images in us-east-1: no'],
  ],
  [
    'until late effects have shown, an AMI that Publish wrote to the channel stays, since Parameter Store may accept it late',
    {
      ledger: ledger(),
      seen: { things: [image(), snapshot()], channels: [{ region: home, parameter, ami: 'ami-old' }] },
    },
    [],
  ],
  [
    'once they have, it goes',
    {
      ledger: ledger(),
      seen: { things: [image(), snapshot()], channels: [{ region: home, parameter, ami: 'ami-old' }] },
      until,
    },
    ['deregister ami-1 in us-east-1', 'delete snapshot snap-1 in us-east-1 after ami-1'],
  ],
  [
    'instances are terminated, and an attached volume waits for its own',
    { seen: { things: [thing('instance'), thing('volume', { state: 'in-use', instance: 'i-1' })] } },
    ['terminate instance i-1 in us-east-1', 'wait volume vol-1 in us-east-1 after i-1'],
  ],
  [
    'a volume that is free goes, and what EC2 has ended is no more',
    {
      seen: {
        things: [
          thing('instance', { state: 'terminated' }),
          thing('volume'),
          thing('volume', { state: 'deleting' }),
          thing('volume', { state: 'deleted' }),
          image({ state: 'deregistered', snapshots: [] }),
        ],
      },
    },
    ['delete volume vol-1 in us-east-1'],
  ],
  [
    'an instance that is shutting down, and its volume, are waited for',
    {
      seen: {
        things: [thing('instance', { state: 'shutting-down' }), thing('volume', { state: 'in-use', instance: 'i-1' })],
      },
    },
    ['wait instance i-1 in us-east-1', 'wait volume vol-1 in us-east-1 after i-1'],
  ],
  [
    'an AMI goes in any state, and its snapshots after it',
    {
      seen: {
        things: [
          image(),
          snapshot(),
          image({ id: 'ami-2', state: 'failed' }),
          image({ id: 'ami-3', state: 'pending', region: copied }),
          snapshot({ id: 'snap-3', region: copied }),
        ],
      },
    },
    [
      'deregister ami-1 in us-east-1',
      'deregister ami-2 in us-east-1',
      'delete snapshot snap-1 in us-east-1 after ami-1',
      'deregister ami-3 in eu-west-1',
      'delete snapshot snap-3 in eu-west-1 after ami-3',
    ],
  ],
  [
    'a snapshot without an AMI goes',
    { seen: { things: [snapshot({ region: copied })] } },
    ['delete snapshot snap-1 in eu-west-1'],
  ],
  [
    'an incomplete publish is taken back, and an AMI stays until the channel no longer shows it',
    {
      ledger: ledger(),
      seen: {
        things: [image(), snapshot(), image({ id: 'ami-copy', region: copied, snapshots: [] })],
        channels: [
          { region: home, parameter, ami: 'ami-1' },
          { region: copied, parameter },
        ],
      },
      until,
    },
    [
      'restore ami-old in us-east-1',
      'leave ami-1 in us-east-1: the channel points at it',
      'leave snapshot snap-1 in us-east-1: ami-1 needs it',
      'deregister ami-copy in eu-west-1',
    ],
  ],
  [
    'where the channel did not exist before, its parameter goes',
    { ledger: ledger(), seen: { channels: [{ region: copied, parameter, ami: 'ami-copy' }] } },
    ['restore nothing in eu-west-1'],
  ],
  [
    "a channel that holds another build's image, or its old value again, is left alone",
    {
      ledger: ledger({ takenBack: true }),
      seen: {
        channels: [
          { region: home, parameter, ami: 'ami-old' },
          { region: copied, parameter, ami: 'ami-of-another-build' },
        ],
      },
    },
    [],
  ],
  [
    'an AMI that the channel points at stays and is removalOf, although no ledger knows of it',
    { seen: { things: [image(), snapshot()], channels: [{ region: home, parameter, ami: 'ami-1' }] } },
    ['leave ami-1 in us-east-1: the channel points at it', 'leave snapshot snap-1 in us-east-1: ami-1 needs it'],
  ],
  [
    'once the ledger is complete, only what was not published goes',
    {
      ledger: ledger({ complete: true, after: [{ region: copied, ami: 'ami-copy' }] }),
      seen: {
        things: [thing('instance'), image(), snapshot(), image({ id: 'ami-copy', region: copied })],
        channels: [{ region: copied, parameter, ami: 'ami-copy' }],
      },
    },
    [
      'terminate instance i-1 in us-east-1',
      'deregister ami-1 in us-east-1',
      'delete snapshot snap-1 in us-east-1 after ami-1',
    ],
  ],
  [
    'a build that was published before loses only instances and volumes, and its later publish is taken back',
    {
      ledger: ledger(),
      manifest: 'published',
      seen: {
        things: [thing('instance'), thing('volume'), image(), snapshot()],
        channels: [{ region: home, parameter, ami: 'ami-1' }],
      },
    },
    ['restore ami-old in us-east-1', 'terminate instance i-1 in us-east-1', 'delete volume vol-1 in us-east-1'],
  ],
  [
    'a build that failed before is undone again',
    { manifest: 'failed', seen: { things: [image()] } },
    ['deregister ami-1 in us-east-1'],
  ],
  [
    'early, a kept AMI is not changed, a pending one may turn out to be finished, and a failed one goes',
    {
      of: keeping,
      seen: {
        things: [
          image(),
          snapshot(),
          image({ id: 'ami-2', state: 'pending', region: copied }),
          snapshot({ id: 'snap-2', region: copied }),
          image({ id: 'ami-3', state: 'failed' }),
        ],
      },
    },
    ['deregister ami-3 in us-east-1'],
  ],
  [
    'late, a kept AMI is for nobody else and expires, and a pending one goes, since nobody completes it',
    {
      of: keeping,
      until,
      seen: {
        things: [
          image(),
          snapshot(),
          image({ id: 'ami-2', state: 'pending', region: copied }),
          snapshot({ id: 'snap-2', region: copied }),
        ],
      },
    },
    [
      'revoke ami-1',
      'revoke snap-1',
      'keep ami-1, tag ami-1 snap-1',
      'deregister ami-2 in eu-west-1',
      'delete snapshot snap-2 in eu-west-1 after ami-2',
    ],
  ],
  [
    'only finished AMIs are kept',
    { of: keeping, until, seen: { things: ['pending', 'failed'].map((state) => image({ id: state, state })) } },
    ['deregister pending in us-east-1', 'deregister failed in us-east-1'],
  ],
  [
    'an image that no candidate could judge is kept, whatever the recipe says',
    { of: { ...plan, unjudged: true }, until, seen: { things: [image(), snapshot()] } },
    ['revoke ami-1', 'revoke snap-1', 'keep ami-1, tag ami-1 snap-1'],
  ],
  [
    'a kept AMI that has its expiry is not tagged again',
    { of: keeping, until, seen: { things: expiring(image(), snapshot()) } },
    ['revoke ami-1', 'revoke snap-1', 'keep ami-1, tag nothing'],
  ],
  [
    'the expiry of an earlier failure is renewed',
    { of: keeping, until: '2026-12-03T00:00:00.000Z', seen: { things: expiring(image(), snapshot()) } },
    ['revoke ami-1', 'revoke snap-1', 'keep ami-1, tag ami-1 snap-1'],
  ],
  [
    'an AMI that the channel points at is not kept, but left as it is',
    {
      of: keeping,
      until,
      seen: { things: [image(), snapshot()], channels: [{ region: home, parameter, ami: 'ami-1' }] },
    },
    ['leave ami-1 in us-east-1: the channel points at it', 'leave snapshot snap-1 in us-east-1: ami-1 needs it'],
  ],
  [
    'a published build keeps nothing for a later start',
    {
      of: keeping,
      until,
      ledger: ledger({ complete: true, after: [{ region: copied, ami: 'ami-copy' }] }),
      seen: { things: [image()] },
    },
    ['deregister ami-1 in us-east-1'],
  ],
  [
    'a build without a channel is undone as any other',
    {
      of: silent,
      ledger: ledger({ parameter: '', before: [], after: [], takenBack: true }),
      seen: { things: [image()] },
    },
    ['deregister ami-1 in us-east-1'],
  ],
  [
    'if AWS does not list the instances, nothing is known of the volumes; images go all the same',
    {
      seen: {
        things: [thing('volume', { state: 'in-use', instance: 'i-1' }), image()],
        unseen: [{ of: 'instance', region: home, answer: 'no' }],
      },
    },
    ['leave instances: no', 'deregister ami-1 in us-east-1'],
  ],
  [
    'if AWS does not list the volumes, instances go',
    { seen: { things: [thing('instance')], unseen: [{ of: 'volume', region: home, answer: 'no' }] } },
    ['terminate instance i-1 in us-east-1', 'leave volumes: no'],
  ],
  [
    'if AWS does not list the images of a region, its snapshots stay; other regions are undone',
    {
      seen: {
        things: [image(), snapshot({ region: copied })],
        unseen: [{ of: 'image', region: copied, answer: 'no' }],
      },
    },
    ['deregister ami-1 in us-east-1', 'leave images in eu-west-1: no'],
  ],
  [
    'if AWS does not list the snapshots of a region, its images go',
    { seen: { things: [image()], unseen: [{ of: 'snapshot', region: home, answer: 'no' }] } },
    ['deregister ami-1 in us-east-1', 'leave snapshots in us-east-1: no'],
  ],
  [
    'snapshots that were not listed are tagged with their kept AMI',
    {
      of: keeping,
      until,
      seen: { things: expiring(image()), unseen: [{ of: 'snapshot', region: home, answer: 'no' }] },
    },
    ['leave snapshots in us-east-1: no', 'revoke ami-1', 'revoke snap-1', 'keep ami-1, tag snap-1'],
  ],
  [
    'if AWS does not show the channel of a region, nobody knows whether servers boot from its AMI: it stays',
    {
      ledger: ledger(),
      seen: { things: [image()], unseen: [{ of: 'channel', region: home, parameter, answer: 'no' }] },
    },
    ['leave /golden/base/stable in us-east-1: no', 'leave images in us-east-1: no'],
  ],
])('%s', (_, corner, decisions) => {
  expect(decide(corner)).toEqual(decisions);
});

const scopes = (of: Plan = plan, known?: ChannelLedger, manifest?: 'published') => {
  const { regions, channels } = scopeOfFailed(of, known, manifest && { status: manifest });
  return { regions, channels: channels.map(({ region }) => region) };
};

test('a failed build is looked for in its own region and in every target, where its channel is read, too', () => {
  expect(scopes()).toEqual({ regions: [home, copied], channels: [home, copied] });
  expect(scopes(planOf({ distribute: [{ region: copied }] })).regions).toEqual([home, copied]);
  expect(scopes(silent)).toEqual({ regions: [home, copied], channels: [] });
  expect(scopes(plan, ledger())).toEqual({ regions: [home, copied], channels: [home, copied] });
  expect(scopes(plan, ledger(), 'published')).toEqual({ regions: [], channels: [home, copied] });
  expect(scopes(plan, ledger({ complete: true }))).toEqual({ regions: [], channels: [] });
});

test('a scope is undone in parts: instances and volumes, and each region with its channel', () => {
  const parts = scopesByPlace(scopeOfFailed(plan, ledger(), undefined));
  expect([...parts.keys()]).toEqual(['instances', home, copied]);
  expect(parts.get('instances')).toMatchObject({ instances: true, regions: [], channels: [] });
  expect(parts.get(copied)).toEqual({
    instances: false,
    regions: [copied],
    published: [],
    channels: [{ region: copied, parameter }],
    takesBack: ledger({ after: [{ region: copied, ami: 'ami-copy' }] }),
    keeps: false,
  });
  const published = scopesByPlace(scopeOfFailed(plan, ledger(), { status: 'published' }));
  expect([...published].map(([place, { regions }]) => [place, regions])).toEqual([
    ['instances', []],
    [home, []],
    [copied, []],
  ]);
});

test('of a published build the failed targets are looked at, and the own region if it is no target', () => {
  const published = ledger({ after: [{ region: copied, ami: 'ami-copy' }] });
  const regions = (targets: { region: string; error?: string }[]) => scopeOfPublished(plan, published, targets).regions;
  expect(regions([{ region: copied }])).toEqual([home]);
  expect(regions([{ region: home }, { region: copied, error: 'CopyFailed' }])).toEqual([copied]);
});

test('what the ledger calls published stays, even where Verify finds it wrong when it looks again', () => {
  const scope = scopeOfPublished(plan, ledger(), [{ region: home }, { region: copied, error: 'is public' }]);
  const seen = looked({ things: [image({ id: 'ami-copy', region: copied }), snapshot({ region: copied })] });
  expect(decideUndo(scope, seen)).toEqual([]);
});

const first = (seen: Partial<BuildSeen>, more: Partial<Corner> = {}) => {
  const scope = scopeOfFailed(more.of ?? plan, more.ledger, undefined);
  const [action] = decideUndo(scope, looked(seen), more.until).filter(({ do: what }) => what !== 'revoke');
  return action!;
};
const none = { removed: [], left: [], refused: [], kept: [], busy: [] };
const restored = { ledger: ledger() };
const kept = (expires: string | null) => [{ region: home, ami: 'ami-1', snapshots: ['snap-1'], expires }];

test.each<[string, UndoAction, RemovalAnswer, object]>([
  [
    'a terminated instance is waited for',
    first({ things: [thing('instance')] }),
    'done',
    { removed: ['terminated instance i-1 in us-east-1'], left: ['instance i-1 in us-east-1 (running)'] },
  ],
  [
    'a deleted volume is waited for',
    first({ things: [thing('volume')] }),
    'done',
    { removed: ['deleted volume vol-1 in us-east-1'], left: ['volume vol-1 in us-east-1 (available)'] },
  ],
  [
    'a deregistered AMI is looked for once more',
    first({ things: [image()] }),
    'done',
    { removed: ['deregistered ami-1 in us-east-1'], left: ['ami-1 in us-east-1 (just deregistered)'] },
  ],
  [
    'a deleted snapshot is gone',
    first({ things: [snapshot()] }),
    'done',
    { removed: ['deleted snapshot snap-1 in us-east-1'] },
  ],
  [
    'a snapshot that is in use for a moment is left',
    first({ things: [snapshot()] }),
    'not yet',
    { left: ['snapshot snap-1 in us-east-1 (in use)'] },
  ],
  [
    'a thing that is about to go is left, with its state',
    first({ things: [thing('instance', { state: 'shutting-down' })] }),
    'nothing',
    { left: ['instance i-1 in us-east-1 (shutting-down)'] },
  ],
  [
    'a refused removal is told with AWS’s answer',
    first({ things: [image()] }),
    { refused: 'ec2:DeregisterImage: no' },
    { refused: ['ami-1 in us-east-1: ec2:DeregisterImage: no'] },
  ],
  [
    'a restored channel is read once more',
    first({ channels: [{ region: home, parameter, ami: 'ami-1' }] }, restored),
    'done',
    {
      removed: ['restored /golden/base/stable = ami-old in us-east-1'],
      left: ['/golden/base/stable in us-east-1 (just restored)'],
    },
  ],
  [
    'so is a deleted one',
    first({ channels: [{ region: copied, parameter, ami: 'ami-copy' }] }, restored),
    'done',
    {
      removed: ['deleted /golden/base/stable in eu-west-1'],
      left: ['/golden/base/stable in eu-west-1 (just restored)'],
    },
  ],
  [
    'a refused restoration names the parameter',
    first({ channels: [{ region: copied, parameter, ami: 'ami-copy' }] }, restored),
    { refused: 'no' },
    { refused: ['/golden/base/stable in eu-west-1: no'] },
  ],
  [
    'permissions that were taken back are told',
    { do: 'revoke', region: home, kind: 'snapshot', id: 'snap-1' },
    'done',
    { removed: ['took back the permissions of snap-1 in us-east-1'] },
  ],
  ['no permissions are no news', { do: 'revoke', region: home, kind: 'image', id: 'ami-1' }, 'nothing', {}],
  [
    'permissions that AWS does not let go are told',
    { do: 'revoke', region: home, kind: 'image', id: 'ami-1' },
    { refused: 'no' },
    { refused: ['permissions of ami-1 in us-east-1: no'] },
  ],
  [
    'a kept AMI is told with its end',
    first({ things: [image()] }, { of: keeping, until }),
    'done',
    { kept: kept(until) },
  ],
  [
    'without its tag it has no end',
    first({ things: [image()] }, { of: keeping, until }),
    { refused: 'no' },
    { refused: ['expiry of ami-1 in us-east-1: no'], kept: kept(null) },
  ],
  [
    'or the end of before',
    first({ things: expiring(image()) }, { of: keeping, until: '2026-12-03T00:00:00.000Z' }),
    { refused: 'no' },
    { refused: ['expiry of ami-1 in us-east-1: no'], kept: kept(until) },
  ],
  [
    'a thing that cannot go is told with the reason',
    { do: 'leave', region: home, what: 'volumes', why: 'no' },
    'nothing',
    { refused: ['volumes: no'] },
  ],
  [
    'what AWS had no time for is left',
    first({ things: [image()] }),
    { busy: 'RequestLimitExceeded' },
    { left: ['ami-1 in us-east-1: RequestLimitExceeded'], busy: ['RequestLimitExceeded'] },
  ],
  [
    'an AMI is kept without its expiry while AWS has no time for the tag',
    { do: 'keep', region: home, image: image(), until, untagged: ['ami-1'] },
    { busy: 'busy' },
    { left: ['expiry of ami-1 in us-east-1: busy'], busy: ['busy'], kept: kept(null) },
  ],
])('in words: %s', (_, action, answer, words) => {
  expect(removalOf(action, answer)).toEqual({ ...none, ...words });
});

import type { Simulation } from '../../../simulator/pipeline/simulation.ts';
import type { Strike } from '../vocabulary.ts';
import { judgeMoved } from './judge-moved.ts';
import type { OperationRow, Prepared } from './operation.ts';

export const homeOnly = {
  targets: [{ region: 'us-east-1', required: true, share: 'account' as const }],
  steps: ['run' as const],
  checks: 1,
  capture: 'stopped' as const,
  channel: true,
  past: false,
};
/** Small, since many builds come before an operation. */
export const twoRegions = {
  ...homeOnly,
  targets: [...homeOnly.targets, { region: 'eu-west-1', required: true, share: 'both' as const }],
};

const start = (simulation: Simulation, input: object) => simulation.move(input);
const newest = ({ builds }: Prepared, of = 'base'): string =>
  builds.findLast(({ recipe }) => recipe === of)?.build ?? '';
/** Runs a move before the one that is struck. It is refused if a random build before it failed. */
const moveBefore = async (simulation: Simulation, input: object): Promise<void> =>
  void (await simulation.finish(start(simulation, { recipe: 'base', ...input })));

const move = {
  machine: 'move-channel' as const,
  builds: ['base', 'base'],
  shape: twoRegions,
  start,
  hasPlan: true,
  judge: judgeMoved,
};
const refused = (place: string, at: string): Strike[] => [{ place, fault: 'denied', at }];
const stopped = (place: string, at: string): Strike[] => [{ place, fault: 'stopped', at }];
const revoke = (prepared: Prepared) => ({
  recipe: 'base',
  verb: 'revoke',
  build: newest(prepared),
  why: 'CVE-2026-1234',
});

export const moves: Record<string, OperationRow> = {
  promotes: {
    ...move,
    input: () => ({ recipe: 'base', verb: 'promote', channel: 'prod' }),
    undone: { 'promotion fails': refused('move/MoveChannel', 'ssm:PutParameter@eu-west-1') },
  },
  'rolls back': {
    ...move,
    input: () => ({ recipe: 'base', verb: 'rollback', why: 'no network', who: 'Ada' }),
    undone: { 'rollback dies': stopped('move/MoveChannel', 'ssm:PutParameter') },
  },
  'rolls back templates': {
    ...move,
    shape: { ...twoRegions, more: true },
    input: () => ({ recipe: 'base', verb: 'rollback' }),
    undone: { 'rollback of templates fails': refused('move/MoveChannel', 'ec2:ModifyLaunchTemplate@us-east-1') },
  },
  'promotes in an account': {
    ...move,
    lent: 'eu-west-1',
    input: () => ({ recipe: 'base', verb: 'promote', channel: 'prod' }),
    undone: { 'promotion in an account dies': stopped('move/MoveChannel', 'ssm:PutParameter') },
  },
  revokes: {
    ...move,
    prepare: ({ simulation }) => moveBefore(simulation, { verb: 'promote', channel: 'prod' }),
    input: revoke,
    undone: {
      'revoke fails': refused('move/RevokeImages', 'ec2:DisableImage@eu-west-1'),
      'revoke dies': stopped('move/RevokeImages', 'ec2:DisableImage'),
    },
  },
  'revokes descendants': {
    ...move,
    builds: ['base', 'child', 'base', 'child'],
    shape: homeOnly,
    lent: 'us-east-1',
    input: (prepared) => ({ ...revoke(prepared), descendants: 'revoke' }),
    undone: { 'revoke of descendants dies': stopped('move/RevokeImages', 'ec2:DisableImage') },
  },
  'rebuilds descendants': {
    ...move,
    builds: ['base', 'base', 'child'],
    shape: homeOnly,
    input: (prepared) => ({ ...revoke(prepared), descendants: 'rebuild' }),
  },
  'rolls back variants': {
    ...move,
    builds: ['pair', 'pair'],
    input: () => ({ recipe: 'pair', verb: 'rollback', why: 'no network' }),
    undone: {
      'rollback of variants fails': refused('move/MoveChannel', 'ssm:PutParameter@eu-west-1'),
      'rollback of variants dies': stopped('move/MoveChannel', 'ssm:PutParameter'),
    },
  },
  'revokes variants': {
    ...move,
    shape: homeOnly,
    builds: ['pair', 'pair'],
    input: (prepared) => ({ recipe: 'pair', verb: 'revoke', build: newest(prepared, 'pair'), why: 'CVE-2026-1234' }),
    undone: { 'revoke of variants fails': refused('move/RevokeImages', 'ec2:ModifySnapshotAttribute') },
  },
  restores: {
    ...move,
    prepare: ({ simulation, builds }) => moveBefore(simulation, revoke({ simulation, builds, recipes: {} })),
    input: (prepared) => ({ recipe: 'base', verb: 'restore', build: newest(prepared) }),
    undone: { 'restore fails': refused('move/RestoreImages', 'ec2:ModifyImageAttribute@eu-west-1') },
  },
};

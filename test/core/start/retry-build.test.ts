import { expect, test } from '@jest/globals';
import { commandComment, type Command } from '../../../core/guest/command.ts';
import { retriedPlan } from '../../../core/start/retry-build.ts';
import type { HeldInstance } from '../../../core/undo/hold.ts';
import { planOf } from '../../support/plan.ts';

const until = '2026-11-24T09:00:00.000Z';
const held: HeldInstance = { instance: 'i-1', region: 'us-east-1', role: 'builder', until, step: 'three' };
const steps = ['one', 'two', 'three', 'four'].map((name) => ({ name, run: name }));

const commentOf = (command: Command) => commandComment('20261123-030000-9f2c', 'provision', command);

test.each([
  [['three', 'two', 'two']],
  [['two', 'three', 'one', 'one', 'one']],
  [[undefined, 'one', 'three', 'one', 'two']],
])('retries from %j begin with a new command that ends the hold, and run every step from there anew', (froms) => {
  let plan = planOf({ provision: steps });
  const sent = new Set(plan.provision.slice(0, 3).map(commentOf));
  for (const from of froms) {
    plan = retriedPlan(plan, held, from);
    const last = plan.provision.findIndex(({ name }) => name === 'three');
    const anew = plan.provision.slice(0, last + 1).filter((command) => !sent.has(commentOf(command)));
    const start = steps.findIndex(({ name }) => name === (from ?? 'three'));
    expect(anew[0]?.name).toMatch(/^end of hold/);
    const names = anew.map(({ name }) => name).filter((name) => !name.startsWith('end of hold'));
    expect(names).toEqual(steps.slice(start, 3).map(({ name }) => name));
    for (const command of anew) sent.add(commentOf(command));
  }
});

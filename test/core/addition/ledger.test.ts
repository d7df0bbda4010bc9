import { describe, expect, test } from '@jest/globals';
import { ledgerSeen, ledgerWith } from '../../../core/addition/ledger.ts';
import { takenBack, type ChannelLedger } from '../../../core/distribute/channel.ts';

const home = { region: 'us-east-1', ami: 'ami-1' };
const further = { region: 'eu-west-1', ami: 'ami-2' };
const adds = { execution: 'arn:further' };
const whole: ChannelLedger = {
  parameter: '/golden/base/stable',
  before: [{ region: 'us-east-1', ami: 'ami-0' }],
  after: [home],
  complete: true,
};
/** What Publish writes before it writes the channel of the new target. The old target is in the channel already. */
const begun: ChannelLedger = {
  parameter: '/golden/base/stable',
  before: [home, { region: 'eu-west-1' }],
  after: [home, further],
  complete: false,
};

describe('the ledger of a published build that gets further targets', () => {
  test('a build itself sees and writes the whole ledger', () => {
    expect(ledgerSeen(whole, undefined)).toBe(whole);
    expect(ledgerWith(whole, undefined, begun)).toBe(begun);
  });

  test('what was published stays complete while more is being published', () => {
    expect(ledgerSeen(whole, adds)).toBeUndefined();
    const { complete: _, ...part } = begun;
    const kept = ledgerWith(whole, adds, begun);
    expect(kept).toEqual({ ...whole, adding: part });
    expect(JSON.stringify(ledgerSeen(kept, adds))).toBe(JSON.stringify(begun));
  });

  test('a clean-up marks only what is being added', () => {
    const kept = ledgerWith(whole, adds, begun);
    const marked = ledgerWith(kept, adds, takenBack(ledgerSeen(kept, adds)));
    expect(marked).toMatchObject({ complete: true, after: [home], adding: { takenBack: true } });
    expect(marked.takenBack).toBeUndefined();
  });

  test('new targets come to it in one write, and the first values of older ones stay', () => {
    const kept = ledgerWith(whole, adds, begun);
    const done = ledgerWith(kept, adds, { ...begun, complete: true });
    expect(done).toEqual({
      ...whole,
      before: [{ region: 'us-east-1', ami: 'ami-0' }, { region: 'eu-west-1' }],
      after: [home, further],
      added: ['arn:further'],
    });
    expect(ledgerSeen(done, adds)).toBe(done);
    expect(ledgerSeen(done, { execution: 'arn:another' })).toBeUndefined();
  });

  test('versions of launch templates come to those that were made before', () => {
    const one = { region: 'us-east-1', template: 'web' } as never;
    const other = { region: 'eu-west-1', template: 'web' } as never;
    const done = ledgerWith({ ...whole, templates: [one] }, adds, { ...begun, templates: [other], complete: true });
    expect(done.templates).toEqual([one, other]);
  });
});

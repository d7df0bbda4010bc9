import { casesOf } from '../recipe-cases.ts';

const publish = 'publish: { channel: stable }';
const retiring = (keys: string) => `retire: { ${keys} }\n${publish}`;

casesOf([
  [
    'all steps of retiring are taken, in their order',
    publish,
    retiring('keep: 2, deprecateAfter: 30d, disableAfter: 60d, deregisterAfter: 90d, snapshots: keep'),
  ],
  ['one step of retiring is enough', publish, retiring('disableAfter: 60d')],
  [
    'a retiring without a step does nothing, so it is refused',
    publish,
    `¦${retiring('keep: 2')}`,
    'retire: must name at least one of deprecateAfter, disableAfter, deregisterAfter',
  ],
  [
    'each step comes at least a day after the one before',
    publish,
    retiring('deprecateAfter: 30d, ¦disableAfter: 30d, ¦deregisterAfter: 29d'),
    'retire.disableAfter: must be at least a day more than deprecateAfter, which is 30d; got 30d',
    'retire.deregisterAfter: must be at least a day more than disableAfter, which is 30d; got 29d',
  ],
  [
    'the steps that are left out do not matter for the order',
    publish,
    retiring('deprecateAfter: 30d, ¦deregisterAfter: 30d'),
    'retire.deregisterAfter: must be at least a day more than deprecateAfter, which is 30d; got 30d',
  ],
  [
    'nothing is kept is refused',
    publish,
    retiring('¦keep: 0, disableAfter: 9d'),
    'retire.keep: must be at least 1, got the number 0',
  ],
  [
    'an image lives at least a day and at most ten years',
    publish,
    retiring('¦deprecateAfter: 12h, ¦deregisterAfter: 4000d'),
    'retire.deprecateAfter: must be from 1d to 3650d, got "12h"',
    'retire.deregisterAfter: must be from 1d to 3650d, got "4000d"',
  ],
  [
    'snapshots are kept or deleted by deregistering only',
    publish,
    retiring('disableAfter: 30d, ¦snapshots: keep'),
    'retire.snapshots: goes with deregisterAfter only: no other step touches snapshots',
  ],
]);

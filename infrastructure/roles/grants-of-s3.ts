// The keys of the bucket that each function reads and writes. grants.ts has the actions of the other services.
import { keyOf } from '../../core/memory/documents.ts';
import { sub } from '../cloudformation.ts';
import { inBucket, type GrantTable } from './policies.ts';

/** The functions that write down what their states wait for. */
const waiting = [
  'awaitBuilder',
  'awaitCommand',
  'seal',
  'awaitSnapshots',
  'awaitImage',
  'awaitCandidate',
  'awaitCheck',
  'awaitCopy',
];

export const grantsOfS3: GrantTable = {
  's3:DeleteObject': [{ Resource: inBucket('waits/*') }],
  's3:GetObject': {
    resolve: [{ Resource: [inBucket('builds/*'), inBucket(keyOf({}, 'regionStacks'))] }],
    // the end of a failed command's output, and whether output arrived; no decision depends on it
    awaitCommand: [{ Resource: inBucket('commands/*') }],
    awaitCheck: [{ Resource: inBucket('commands/*') }],
    awaitCopy: [{ Resource: inBucket('waits/looks/*') }],
    wake: [{ Resource: [inBucket('waits/*'), inBucket('commands/*')] }],
    applyShare: [{ Resource: inBucket('reports/share/*') }],
    verifyShare: [{ Resource: [inBucket('reports/share/*'), inBucket('builds/*/sharing.json')] }],
    resolveRetirement: [
      { Resource: [inBucket('builds/*'), inBucket(keyOf({}, 'retirePolicies')), inBucket('reports/retire/*')] },
    ],
    retireBuild: [{ Resource: [inBucket('builds/*'), inBucket('reports/retire/*')] }],
    verifyRetirement: [
      // the plans name the roles of other accounts
      {
        Resource: [
          ...['retirement', 'record', 'plan'].map((name) => inBucket(`builds/*${name}.json`)),
          inBucket('reports/retire/*'),
        ],
      },
    ],
    others: [{ Resource: inBucket('builds/*') }],
  },
  's3:ListBucket': [{ Resource: sub('${ArtifactBucket.Arn}') }],
  's3:PutObject': {
    sweep: [{ Resource: ['builds/*/owner.json', 'builds/*/channel.json', 'reports/sweep/*'].map(inBucket) }],
    moveChannel: [{ Resource: inBucket('builds/*/channels/*') }],
    undoMove: [{ Resource: [inBucket('builds/*/channels/*'), inBucket('builds/*/revocation.json')] }],
    revokeImages: [{ Resource: inBucket('builds/*/revocation.json') }],
    restoreImages: [{ Resource: inBucket('builds/*/revocation.json') }],
    resolveShare: [{ Resource: inBucket('reports/share/*') }],
    checkDrift: [{ Resource: inBucket('builds/*/drift.json') }],
    resolveRetirement: [{ Resource: [inBucket('reports/retire/*'), inBucket(keyOf({}, 'retirePolicies'))] }],
    retireBuild: [{ Resource: ['builds/*/revocation.json', 'builds/*/retirement.json'].map(inBucket) }],
    verifyRetirement: [{ Resource: inBucket('reports/retire/*') }],
    verifyShare: [{ Resource: [inBucket('reports/share/*'), inBucket('builds/*/sharing.json')] }],
    ...Object.fromEntries(waiting.map((key) => [key, [{ Resource: inBucket('waits/*') }]])),
    others: [{ Resource: inBucket('builds/*') }],
  },
};

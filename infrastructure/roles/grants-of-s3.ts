// The keys of the bucket that each function reads and writes. grants.ts has the actions of the other services.
import { assets, keyOf } from '../../core/memory/documents.ts';
import { arn, sub } from '../cloudformation.ts';
import { archived, inBucket, type Grant, type GrantTable } from './policies.ts';

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

/** What EC2 does with its caller's permissions: see archiving in declared.ts. */
const inArchive: Grant[] = [{ Resource: archived }];
const archiveRecord = inBucket('builds/*/archive.json');
const bothBuckets: Grant[] = [{ Resource: [sub('${ArtifactBucket.Arn}'), sub('${ArchiveBucket.Arn}')] }];

/** A recipe can name a file in any bucket of the account. Its name, size and ETag are enough, so nobody reads it. */
const diskFiles: Grant[] = [
  { Resource: sub('${ArtifactBucket.Arn}') },
  {
    Resource: arn('s3:::*'),
    Condition: { StringEquals: { 's3:ResourceAccount': sub('${AWS::AccountId}') } },
  },
];

export const grantsOfS3: GrantTable = {
  's3:AbortMultipartUpload': inArchive,
  's3:DeleteObject': { storeImage: inArchive, others: [{ Resource: inBucket('waits/*') }] },
  's3:GetObject': {
    resolve: [{ Resource: [inBucket('builds/*'), inBucket(keyOf({}, 'regionStacks')), inBucket(assets.key('*'))] }],
    // the end of a failed command's output, and whether output arrived; no decision depends on it
    sendCommand: [{ Resource: [inBucket('builds/*'), inBucket('commands/*')] }],
    awaitCommand: [{ Resource: inBucket('commands/*') }],
    awaitCheck: [{ Resource: inBucket('commands/*') }],
    awaitCopy: [{ Resource: inBucket('waits/looks/*') }],
    wake: [{ Resource: [inBucket('waits/*'), inBucket('commands/*')] }],
    writePage: [{ Resource: [inBucket('builds/*'), inBucket('commands/*')] }],
    resolveArchive: [{ Resource: [inBucket('builds/*'), archived] }],
    storeImage: inArchive,
    awaitStoredImage: [{ Resource: [archiveRecord, archived] }],
    restoreArchive: inArchive,
    awaitRestoredImage: [{ Resource: archiveRecord }],
    removeRestored: [{ Resource: archiveRecord }],
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
  's3:ListBucket': {
    resolve: diskFiles,
    resolvePlan: diskFiles,
    resolveArchive: bothBuckets,
    storeImage: [{ Resource: sub('${ArchiveBucket.Arn}') }],
    awaitStoredImage: bothBuckets,
    restoreArchive: [{ Resource: sub('${ArchiveBucket.Arn}') }],
    others: [{ Resource: sub('${ArtifactBucket.Arn}') }],
  },
  's3:PutObjectTagging': inArchive,
  's3:PutObject': {
    resolve: [{ Resource: ['builds/*', assets.key('*')].map(inBucket) }],
    sendCommand: [{ Resource: inBucket('builds/*/failed-steps.json') }],
    storeImage: inArchive,
    awaitStoredImage: [{ Resource: archiveRecord }],
    awaitRestoredImage: [{ Resource: archiveRecord }],
    sweep: [{ Resource: ['builds/*/owner.json', 'builds/*/channel.json', 'reports/sweep/*'].map(inBucket) }],
    moveChannel: [{ Resource: inBucket('builds/*/channels/*') }],
    undoMove: [{ Resource: [inBucket('builds/*/channels/*'), inBucket('builds/*/revocation.json')] }],
    revokeImages: [{ Resource: inBucket('builds/*/revocation.json') }],
    restoreImages: [{ Resource: inBucket('builds/*/revocation.json') }],
    resolveShare: [{ Resource: inBucket('reports/share/*') }],
    checkDrift: [{ Resource: inBucket('builds/*/drift.json') }],
    writePage: [{ Resource: ['builds/*/report.html', 'builds/*/packages.json'].map(inBucket) }],
    resolveRetirement: [{ Resource: [inBucket('reports/retire/*'), inBucket(keyOf({}, 'retirePolicies'))] }],
    retireBuild: [{ Resource: ['builds/*/revocation.json', 'builds/*/retirement.json'].map(inBucket) }],
    verifyRetirement: [{ Resource: inBucket('reports/retire/*') }],
    verifyShare: [{ Resource: [inBucket('reports/share/*'), inBucket('builds/*/sharing.json')] }],
    ...Object.fromEntries(waiting.map((key) => [key, [{ Resource: inBucket('waits/*') }]])),
    others: [{ Resource: inBucket('builds/*') }],
  },
};

import type { DocumentName } from './documents.ts';

/** What a document of the bucket holds, who writes it and who reads it, for docs/architecture.md. */
interface DocumentRow {
  holds: string;
  writtenBy: string;
  readBy: string;
}

/** Apart from the keys and types, so that no function carries these texts. */
export const documentRows: Record<DocumentName, DocumentRow> = {
  wait: {
    holds: 'the task token that waits for an instance, a command, snapshots or an AMI, with the input of its state',
    writtenBy:
      'the states that wait, before their first look; the look that answers removes it, and it expires after a day',
    readBy: '`wake`',
  },
  regionLook: {
    holds: 'the states of all AMIs that builds wait for in a region, by the last look that they share',
    writtenBy: 'AwaitCopy where several builds wait and no events come; it expires after a day',
    readBy: 'AwaitCopy',
  },
  regionStacks: {
    holds: 'the regions whose events come to the pipeline, so that builds look at copies there less often',
    writtenBy: '`golden regions`',
    readBy: 'Resolve',
  },
  plan: {
    holds: 'what the build does',
    writtenBy: 'Resolve; KeepUnjudged adds `unjudged`, CleanUp the targets that came later',
    readBy: 'most states of the build, `golden`',
  },
  manifest: {
    holds: 'how the build ended, and who took its image to further targets later',
    writtenBy: 'CleanUp, RecordFailure, RecordUpToDate',
    readBy:
      'Resolve, RecordUpToDate, Compensate, RecordFailure, the sweep, `measureRecipes`, `notify`, `writePage`, `golden`',
  },
  ledger: {
    holds: 'the ledger, what the channel held before and holds after, and what is being added to it',
    writtenBy: 'Publish; Compensate adds `takenBack`',
    readBy: 'Publish, Compensate, CleanUp, RecordFailure, the sweep',
  },
  owner: {
    holds: 'the execution that may undo the build',
    writtenBy: 'Resolve; Compensate of clean-up-build and the sweep when they take over',
    readBy: 'Resolve, the makers, Compensate, the sweep, `golden`',
  },
  undone: { holds: 'what was removed so far', writtenBy: 'Compensate', readBy: 'Compensate' },
  held: { holds: 'the instance that a person may look at', writtenBy: 'Compensate', readBy: 'the same, `golden`' },
  settling: { holds: 'where a clean-up found nothing left', writtenBy: 'Compensate', readBy: 'Compensate' },
  revocation: {
    holds: 'who revoked the build and why, and the permissions that its images and snapshots had',
    writtenBy: 'RevokeImages, RestoreImages, UndoMove',
    readBy: 'the same, ResolveMove, Resolve',
  },
  lock: {
    holds: 'the execution that builds the recipe',
    writtenBy: 'Resolve',
    readBy: 'Resolve, the makers, `startBuild`, `golden cancel`',
  },
  record: {
    holds: "the recipe's newest builds and failures",
    writtenBy: 'Resolve, CleanUp, RecordFailure',
    readBy: 'Resolve, `watchSources`, `startBuild`, `measureRecipes`',
  },
  variants: {
    holds: 'the builds of the variants of a recipe, how far each has come, and so whether all are published',
    writtenBy: 'Resolve, AwaitOthers, Publish; Compensate gives the publish up',
    readBy: 'the same, AwaitVariants, ResolveMove, UndoMove, `notify`, `writePage`, `golden`',
  },
  channel: {
    holds:
      'who moved a channel, when, from which build to which and why; and the move that is underway, which locks the channel',
    writtenBy: 'Publish, MoveChannel, UndoMove',
    readBy: 'Publish, ResolveMove, MoveChannel, UndoMove, Resolve, `startBuild`, `golden`',
  },
  drift: {
    holds:
      'how the published images of a recipe differ from their last moves and from the recipe, and when that was checked',
    writtenBy: '`checkDrift`',
    readBy: '`checkDrift`, `golden status`',
  },
  sharing: {
    holds: 'who may use the images of a build since `golden share` changed that; who changed it, when and why',
    writtenBy: 'VerifyShare',
    readBy: 'VerifyShare, VerifyMove',
  },
  shareReport: {
    holds: 'which permissions of published images an execution of share-image changes, and what failed',
    writtenBy: 'ResolveShare, VerifyShare',
    readBy: 'ApplyShare, VerifyShare, people',
  },
  failedSteps: {
    holds: 'the steps that failed and after which the build went on, with exit code and the end of the output',
    writtenBy: 'SendCommand',
    readBy: 'SendCommand, CleanUp, RecordFailure',
  },
  archive: {
    holds: 'the object that the image is stored as, who archived it, and the AMIs that were restored from it',
    writtenBy: 'AwaitStoredImage, AwaitRestoredImage',
    readBy: 'ResolveArchive, AwaitStoredImage, AwaitRestoredImage, RemoveRestored, `golden inspect`',
  },
  packages: {
    holds: 'the packages that the builder had when its image was made',
    writtenBy: '`writePage`',
    readBy: '`writePage`, `golden report`',
  },
  retirement: {
    holds: 'the steps by which the images of the build were retired, when, why, and how each ended in every region',
    writtenBy: 'RetireBuild',
    readBy: 'RetireBuild, VerifyRetirement, people',
  },
  retireReport: {
    holds: 'every image that an execution of retire-images retired or kept, with the reason',
    writtenBy: 'ResolveRetirement, VerifyRetirement',
    readBy: 'ResolveRetirement, RetireBuild, VerifyRetirement, people',
  },
  retirePolicies: {
    holds: 'the policies of recipes that a run has reported about, so that a new policy does not act at once',
    writtenBy: 'ResolveRetirement',
    readBy: 'ResolveRetirement',
  },
  sweepReport: {
    holds: 'what a sweep removed, spared and left',
    writtenBy: 'the sweep',
    readBy: 'people',
  },
};

export const assetsRow: DocumentRow = {
  holds: 'files of recipes as tar archives, and scripts that are too large for SSM',
  writtenBy: 'Resolve, if it is not there; it expires after 90 days, and Resolve renews it after 30',
  readBy: 'the SSM agent of builder and candidate, which check the digest',
};

export const pageRow: DocumentRow = {
  holds: 'the page of the build for people',
  writtenBy: '`writePage`',
  readBy: 'people; no decision depends on it',
};

export const commandOutputRow: DocumentRow = {
  holds: 'whole output of every SSM command',
  writtenBy: 'the SSM agent of builder and candidate',
  readBy:
    'AwaitCommand, AwaitCheck, CleanUp, RecordFailure, `writePage`, `golden logs`, `golden report`; no decision depends on it',
};

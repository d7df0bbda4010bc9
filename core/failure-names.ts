import { passingFailures } from './passing-failures.ts';

interface Explained {
  /** What has happened. */
  means: string;
  /** What a person does about it. */
  advice: string;
}

const sourceAdvice =
  "look at the recipe's `source`; an image of another owner is never used; below `Also wrong` are all other problems";
const waitAdvice =
  'the message names what the state waited for; if that is the agent, look at the instance profile, the way to the SSM endpoints, and the source';
const outputAdvice = 'the message has the end of the output; the bucket has all of it';
const imageAdvice = "the message has EC2's own reason, most often a key that EC2 cannot use";
/**
 * The names of all failures of a build or the sweep, with their meaning and advice. `ErrorEquals` in statemachines/ uses these
 * names. The mail about a failed build and docs/operations.md quote this table.
 */
const failures = {
  RecipeInvalid: {
    means: 'the recipe or the execution input is wrong; nothing was created',
    advice: '`golden validate` the recipe; the message has every problem with its key',
  },
  RecipeBusy: {
    means: 'another execution has this recipe or this build; only one at a time may',
    advice: 'the message names the other execution: wait for it, or stop it',
  },
  SourceNotFound: {
    means: 'the source image does not exist, or nothing can be launched from it',
    advice: sourceAdvice,
  },
  SourceNotTrusted: {
    means: 'the source image does not belong to the owner that the recipe names',
    advice: sourceAdvice,
  },
  CapacityUnavailable: {
    means: 'no instance type in any subnet had capacity',
    advice: 'add instance types or subnets to `builder`, or start the build again later',
  },
  InstanceLost: {
    means: 'EC2 took an instance away for want of room or by an error of its own; the next place is tried',
    advice: 'start the build again',
  },
  LimitReached: {
    means:
      'a limit of AWS that frees itself was full for hours, such as pending snapshots, or AWS still verifies the account',
    advice: 'the message names the limit: start the build again when it is free, or raise the quota',
  },
  BuilderFailed: {
    means: 'the builder or candidate instance died or never came online',
    advice: waitAdvice,
  },
  WaitTimedOut: {
    means: 'AWS did not finish within the bound of the wait',
    advice: waitAdvice,
  },
  CommandNotStarted: {
    means: 'SSM could not deliver a command, although it was sent again',
    advice: 'start the build again',
  },
  ProvisionFailed: { means: 'a provisioning step did not succeed', advice: outputAdvice },
  CheckFailed: { means: 'a check did not succeed on the candidate', advice: outputAdvice },
  ImageFailed: { means: 'EC2 could not make the image', advice: imageAdvice },
  CopyFailed: { means: 'EC2 could not make the copy in a target region', advice: imageAdvice },
  TargetsIncomplete: {
    means: 'a required target is not as the recipe says, so nothing was published',
    advice: 'the message lists every wrong target with its error: mend that, then build again',
  },
  PublishFailed: {
    means: 'the channel could not be pointed at the image in every target region',
    advice: 'the channel is back where it was in every region, unless the message says what is left behind',
  },
  VariantFailed: {
    means: 'another variant of the recipe failed, and variants are published together or not at all',
    advice: 'the message names the variant: mend what made it fail, then start the recipe again',
  },
  MoveRefused: {
    means: 'the channel cannot be moved so; every region holds what it held',
    advice: 'the message has every reason and, where there is one, a build that is healthy',
  },
  ContentHeld: {
    means: 'the content was taken back from its channel by a rollback or a revoke, so nothing was built',
    advice: 'change the recipe, promote the build back, or build with `--force`',
  },
  ShareFailed: {
    means: 'in some region, the permissions of a published image are not what the recipe says; other regions are done',
    advice: 'the message has every region with its error: mend that, then run `golden share <recipe> --apply` again',
  },
  RetireRefused: {
    means: 'the image cannot be deregistered; nothing was changed',
    advice: 'the message has every reason; `--even-if-used` removes an image that is in use',
  },
  RetireFailed: {
    means: 'some images could not be retired; all others are done',
    advice: "the message has AWS's answer by image; the next daily run takes the step again",
  },
  ArchiveRefused: {
    means: 'the image cannot be archived, or restored from the archive; nothing was changed',
    advice: 'the message has every reason, and what to do about it',
  },
  ArchiveFailed: {
    means: 'EC2 could not store the image in S3; there is no object of it',
    advice: "the message has EC2's reason: mend that, then run `golden archive` again",
  },
  TwinFound: {
    means: 'two things claim to be the same part of one build, and only a person can decide which one is',
    advice: 'look at the ids in the message before you remove either',
  },
  AwsRefused: {
    means: 'AWS refused the call and would refuse it again',
    advice: "look at permissions, quotas or parameters, as AWS's answer in the message says",
  },
  AwsTransient: {
    means: 'AWS throttled, was unavailable or was not yet consistent, longer than the retries',
    advice: 'start the build again',
  },
  StageInputInvalid: {
    means: 'a state handed a function an input that the function does not take',
    advice: 'deploy the state machine and the functions together; if they are, this is a mistake of the pipeline',
  },
  EventRefused: {
    means: 'an event that should start a build is malformed or names an unknown recipe',
    advice: 'no build failed: look at the event in the queue of trigger failures',
  },
  SweepFailed: {
    means: 'the sweep could not look at a region that a recipe uses, or could remove nothing of what it found',
    advice: 'the message has what AWS refused, by region',
  },
  ...passingFailures,
} as const satisfies Record<string, Explained>;

export type FailureName = keyof typeof failures;
export const failureNames = Object.keys(failures) as FailureName[];

/** Meaning and advice of a failure. Undefined for names that are not ours, such as States.Timeout. */
export const explainFailure = (name: string): Explained | undefined => (failures as Record<string, Explained>)[name];

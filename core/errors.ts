/**
 * The names of all failures of a build or the sweep. `ErrorEquals` in statemachines/ uses these names: transient ones are
 * retried, all others end the build (Catch → Compensate).
 */
const meanings = {
  RecipeInvalid: 'the recipe or the execution input is wrong; nothing was created',
  StageInputInvalid:
    'a state handed a function something it does not take: the state machine and the functions disagree',
  EventRefused: 'an event that should start a build is malformed or names an unknown recipe',
  RecipeBusy: 'another execution has this recipe or this build; one at a time',
  SourceNotFound: 'the source image does not exist or cannot be launched from',
  SourceNotTrusted: 'the source image does not belong to the owner the recipe names',
  CapacityUnavailable: 'no instance type in any subnet had capacity; worth trying again later',
  BuilderFailed: 'the builder or candidate instance died or never came online',
  ProvisionFailed: 'a provisioning step did not succeed',
  CommandNotStarted: 'SSM could not deliver a command; it is sent once more',
  ImageFailed: 'EC2 could not make the image',
  CheckFailed: 'a check did not succeed on the candidate',
  CopyFailed: 'EC2 could not make the copy in a target region',
  TargetsIncomplete: 'a required target is not as the recipe says, so nothing was published',
  PublishFailed: 'the channel could not be pointed at the image in every target region',
  TwinFound: 'two things claim to be the same part of one build; a human must look',
  NotYet: 'what a state waits for is not there yet; Step Functions looks again later',
  WaitTimedOut: 'AWS did not finish within the bound of the wait',
  SweepFailed: 'the sweep could not look everywhere it must, or could remove nothing of what it found',
  LimitReached:
    'a limit of AWS that frees itself was full for hours, such as pending snapshots, or AWS still verifies the account',
  InstanceLost: 'EC2 took a fresh instance away for want of room or by an error of its own; the next place is tried',
  AwsTransient: 'AWS throttled, was unavailable or is not yet consistent; worth trying again',
  AwsRefused: 'AWS refused the call and would refuse it again: permissions, quota or parameters',
} as const;

export type FailureName = keyof typeof meanings;
export const failureNames = Object.keys(meanings) as FailureName[];

/** A failure with one of these names. Its message tells a reader at 3 a.m. what failed, which id, which region and what to do. */
export class Failure extends Error {
  override readonly name: FailureName;
  constructor(name: FailureName, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = name;
  }
}

/** The meaning of a failure's name. Undefined for names that are not ours, such as States.Timeout. */
export const meaningOf = (name: string): string | undefined => (meanings as Record<string, string>)[name];

/** Whether an execution was refused before it could make anything. */
export const isRefusal = (name: string): boolean => name === 'RecipeInvalid' || name === 'RecipeBusy';

/** Whether the same call to AWS may succeed later. */
export const isTransient = (error: unknown): boolean => error instanceof Failure && error.name === 'AwsTransient';

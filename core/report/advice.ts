import type { FailureName } from '../errors.ts';

/** What to do about each failure. docs/operations.md has the same advice. */
const advice: Record<FailureName, string> = {
  RecipeInvalid: '`golden validate` the recipe; the message has every problem with its key',
  SourceNotFound:
    "look at the recipe's `source`; an image of another owner is never used; below `Also wrong` are all other problems",
  SourceNotTrusted:
    "look at the recipe's `source`; an image of another owner is never used; below `Also wrong` are all other problems",
  CapacityUnavailable: 'add instance types or subnets to `builder`, or start the build again later',
  BuilderFailed:
    'the message says what was waited for; for an agent: instance profile, way to the SSM endpoints, source',
  WaitTimedOut:
    'the message says what was waited for; for an agent: instance profile, way to the SSM endpoints, source',
  NotYet: 'not of a build that ends: the state looks again until its bound',
  ProvisionFailed: 'the end of the output is in the message, the whole in the bucket',
  CheckFailed: 'the end of the output is in the message, the whole in the bucket',
  ImageFailed: "EC2's own reason is in the message; most often a key that cannot be used",
  CopyFailed: "EC2's own reason is in the message; most often a key that cannot be used",
  TargetsIncomplete: 'every target that is not right is listed with its error: mend that, then build again',
  PublishFailed: 'the channel is back where it was in every region, unless the message says what is left behind',
  RecipeBusy: 'another execution has the recipe or the build; the message names it. Wait for it, or stop it',
  TwinFound: 'two things claim one place; look at the ids in the message before removing any',
  AwsRefused: 'permissions, quotas or parameters, as AWS says',
  AwsTransient: 'AWS was busy longer than the retries; start the build again',
  CommandNotStarted: 'SSM could not deliver a command; start the build again',
  LimitReached: 'the message names the limit: start the build again when it is free, or raise the quota',
  InstanceLost: 'EC2 took the instance away before it was of use; start the build again',
  StageInputInvalid: "a mistake of this pipeline's: state machine and functions do not fit together",
  EventRefused: 'not of a build: look at the event in the queue of trigger failures, see below',
  SweepFailed: 'the sweep removed nothing: a region could not be looked at, or AWS refused everything; see below',
};

/** The advice for a failure. Undefined for names that are not ours, such as States.Timeout. */
export const adviceFor = (name: string): string | undefined => (advice as Record<string, string>)[name];

// Failures with which no build ends, since the machine goes on from them.

const nothing = 'nothing: no build ends with this error';

export const passingFailures = {
  StepFailed: {
    means:
      'an attempt at a step has failed; the step is tried again, or the build goes on, as `retry` and `onFailure` ask',
    advice: nothing,
  },
  CopySlow: {
    means: 'a copy is slower than usual; a second one is begun beside it, as `completeWithin` asks',
    advice: nothing,
  },
  NotYet: {
    means: 'what a state waits for is not there yet; Step Functions looks again later',
    advice: nothing,
  },
} as const;

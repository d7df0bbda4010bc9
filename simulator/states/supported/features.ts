const words = (...lines: string[]) => lines.flatMap((line) => line.split(' '));

/**
 * The features of the States Language that the interpreter runs: exactly those that the machines in statemachines/ use. Any other
 * feature is refused by name when a machine is created. test/simulator/states/supported/features.test.ts compares both. A machine that
 * needs more adds the feature to this list, to the interpreter and to the corpus.
 */
export const features = {
  machine: ['Comment', 'StartAt', 'States', 'TimeoutSeconds'],
  Task: words(
    'Catch Comment End HeartbeatSeconds HeartbeatSecondsPath Next OutputPath Parameters Resource ResultPath ResultSelector Retry',
    'TimeoutSeconds Type',
  ),
  Map: words(
    'Catch Comment End ItemProcessor ItemSelector ItemsPath MaxConcurrency Next ResultPath ResultSelector Type',
  ),
  Parallel: ['Branches', 'Catch', 'Comment', 'Next', 'ResultPath', 'ResultSelector', 'Type'],
  Pass: ['Comment', 'End', 'InputPath', 'Next', 'Parameters', 'Result', 'ResultPath', 'Type'],
  Wait: ['Comment', 'Next', 'SecondsPath', 'Type'],
  Choice: ['Choices', 'Comment', 'Default', 'Type'],
  Succeed: ['Comment', 'OutputPath', 'Type'],
  Fail: ['CausePath', 'Comment', 'ErrorPath', 'Type'],
  resource: ['lambda:invoke', 'lambda:invoke.waitForTaskToken'],
  parameters: ['FunctionName', 'Payload'],
  processor: ['ProcessorConfig', 'StartAt', 'States'],
  mode: ['INLINE'],
  branch: ['StartAt', 'States'],
  rule: ['BooleanEquals', 'IsPresent', 'Next', 'Variable'],
  retrier: ['BackoffRate', 'ErrorEquals', 'IntervalSeconds', 'JitterStrategy', 'MaxAttempts', 'MaxDelaySeconds'],
  jitter: ['FULL', 'NONE'],
  catcher: ['ErrorEquals', 'Next', 'ResultPath'],
  /** Names of errors that Step Functions itself reports. */
  error: ['States.ALL', 'States.HeartbeatTimeout', 'States.Timeout'],
  /** The parts of paths: the input, the context object, a field, an item of a list. */
  path: ['$', '$$', '.name', '[0]'],
  intrinsic: ['States.ArrayLength'],
} satisfies Record<string, string[]>;

export type FeatureKind = keyof typeof features;

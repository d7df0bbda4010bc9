/** The JSON data of a state machine. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export interface Retrier {
  ErrorEquals: string[];
  IntervalSeconds?: number;
  MaxAttempts?: number;
  BackoffRate?: number;
  MaxDelaySeconds?: number;
  JitterStrategy?: 'FULL' | 'NONE';
}

export interface Catcher {
  ErrorEquals: string[];
  Next: string;
  ResultPath?: string | null;
  Assign?: Json;
}

export interface ChoiceRule {
  And?: ChoiceRule[];
  Or?: ChoiceRule[];
  Not?: ChoiceRule;
  Variable?: string;
  Next?: string;
  Assign?: Json;
  [comparison: string]: unknown;
}

/** A state of any type; `refusals` checks which fields it may have. */
export interface State {
  Type: 'Task' | 'Choice' | 'Wait' | 'Map' | 'Parallel' | 'Pass' | 'Succeed' | 'Fail';
  Next?: string;
  End?: boolean;
  InputPath?: string | null;
  OutputPath?: string | null;
  ResultPath?: string | null;
  Parameters?: Json;
  ResultSelector?: Json;
  Assign?: Json;
  Retry?: Retrier[];
  Catch?: Catcher[];
  Resource?: string;
  TimeoutSeconds?: number;
  TimeoutSecondsPath?: string;
  HeartbeatSeconds?: number;
  HeartbeatSecondsPath?: string;
  Choices?: ChoiceRule[];
  Default?: string;
  Seconds?: number;
  SecondsPath?: string;
  Timestamp?: string;
  TimestampPath?: string;
  ItemsPath?: string;
  ItemSelector?: Json;
  MaxConcurrency?: number;
  ItemProcessor?: States;
  Iterator?: States;
  Branches?: States[];
  Result?: Json;
  Error?: string;
  ErrorPath?: string;
  Cause?: string;
  CausePath?: string;
}

export interface States {
  StartAt: string;
  States: Record<string, State>;
}

export interface Definition extends States {
  TimeoutSeconds?: number;
}

/** Replaces `${Name}` as CloudFormation's `DefinitionSubstitutions` does, then parses. Names without a value are refused. */
export function parseDefinition(text: string, substitutions: Record<string, string> = {}): Definition {
  const missing = new Set<string>();
  const filled = text.replaceAll(/\$\{([A-Za-z0-9]+)\}/g, (whole, name: string) => {
    if (!Object.hasOwn(substitutions, name)) missing.add(whole);
    return substitutions[name] ?? whole;
  });
  if (missing.size > 0) throw new Error(`The definition has substitutions without a value: ${[...missing].join(', ')}`);
  try {
    return JSON.parse(filled) as Definition;
  } catch (error) {
    throw new Error(`The definition is not JSON: ${(error as Error).message}`, { cause: error });
  }
}

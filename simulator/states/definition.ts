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
  ResultPath?: string;
}

export interface ChoiceRule {
  Variable: string;
  Next: string;
  IsPresent?: boolean;
  BooleanEquals?: boolean;
}

/** A state of any type; `features` lists the fields that it may have. */
export interface State {
  Type: 'Task' | 'Choice' | 'Wait' | 'Map' | 'Parallel' | 'Pass' | 'Succeed' | 'Fail';
  Next?: string;
  End?: boolean;
  InputPath?: string;
  OutputPath?: string;
  ResultPath?: string;
  Parameters?: Json;
  ResultSelector?: Json;
  Retry?: Retrier[];
  Catch?: Catcher[];
  Resource?: string;
  TimeoutSeconds?: number;
  HeartbeatSeconds?: number;
  HeartbeatSecondsPath?: string;
  Choices?: ChoiceRule[];
  Default?: string;
  SecondsPath?: string;
  ItemsPath?: string;
  ItemSelector?: Json;
  MaxConcurrency?: number;
  ItemProcessor?: States;
  Branches?: States[];
  Result?: Json;
  ErrorPath?: string;
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

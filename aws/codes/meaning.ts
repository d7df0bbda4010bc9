/**
 * What an AWS error code means for a call. `passing`: retry in seconds. `later`: retry every few minutes, for hours. `capacity`:
 * another place may have room. `not yet`: AWS does not yet see our latest change everywhere. `gone`: the thing does not exist.
 * `answer`: the code is what the caller wanted to know. `refused`: a retry would be refused again.
 */
export type Meaning = 'passing' | 'later' | 'capacity' | 'not yet' | 'gone' | 'answer' | 'refused';

/** Codes by meaning, separated by white space. */
export type Codes = Partial<Record<Meaning, string>>;

/** A service's error codes. */
export interface ServiceCodes {
  means: Codes;
  /** Calls for which a code has another meaning. */
  at?: Record<string, Codes>;
  /** Codes whose meaning depends on the message. */
  messages?: { code: string; says: RegExp; is?: Meaning; advice?: string }[];
  /** What the user should do about a refused code. */
  advice?: Record<string, string>;
}

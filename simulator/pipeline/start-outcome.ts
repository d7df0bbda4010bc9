/** What StartBuild made of one recipe that it was asked for. */
export interface StartOutcome {
  /** ISO 8601, virtual. */
  at: string;
  recipe: string;
  by: string;
  reason: string;
  /** ARN, where it was started; else `skipped` says why not, and `because` more of it. */
  execution?: string;
  skipped?: string;
  because?: string;
}

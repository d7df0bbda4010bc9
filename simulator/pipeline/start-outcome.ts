/** StartBuild's result for one recipe. */
export interface StartOutcome {
  /** ISO 8601, virtual. */
  at: string;
  recipe: string;
  by: string;
  reason: string;
  /** ARN of the execution, if it was started; otherwise `skipped` gives the reason and `because` the details. */
  execution?: string;
  skipped?: string;
  because?: string;
}

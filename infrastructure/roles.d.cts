/** Function key → IAM actions it calls. */
export const functions: Record<string, string[]>;
/** IAM action → actions AWS asks of its caller besides. */
export const implied: Record<string, string[]>;
/** Keys of the functions that events call, not a state machine. */
export const byEvents: string[];
/** Keys of the functions that need the recipes beside them. */
export const takeRecipes: string[];

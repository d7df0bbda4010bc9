/** Function key → IAM actions it calls. */
export const functions: Record<string, string[]>;
/** IAM action → actions AWS asks of its caller besides. */
export const implied: Record<string, string[]>;

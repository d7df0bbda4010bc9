/** What would break at deployment or later, in words. */
export function problemsOf(settings: Record<string, unknown>): string[];

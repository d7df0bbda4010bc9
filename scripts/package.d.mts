export function settingsProblems(args: string[], env?: Record<string, string | undefined>): Promise<string[]>;

/** An amount of US dollars in a table. */
export const dollars = (usd: number): string => (usd > 0 && usd < 0.005 ? '< $0.01' : `$${usd.toFixed(2)}`);

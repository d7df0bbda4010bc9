const units: [letter: string, seconds: number][] = [
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
  ['s', 1],
];

export const durationPattern = /^[1-9]\d{0,8}[smhd]$/;

/** Converts a duration such as `90s`, `20m`, `2h` or `30d` to seconds. */
export function secondsOf(duration: string): number {
  const unit = units.find(([letter]) => duration.endsWith(letter));
  if (!unit || !durationPattern.test(duration)) {
    throw new RangeError(
      `not a duration: ${JSON.stringify(duration)}; write a whole number and s, m, h or d, such as 20m`,
    );
  }
  return Number(duration.slice(0, -1)) * unit[1];
}

/** Formats seconds as a short duration for messages: 5400 is `1h 30m`. Fractions are dropped. */
export function durationOf(seconds: number): string {
  let left = Math.trunc(seconds);
  const parts = units.flatMap(([letter, size]) => {
    const count = Math.trunc(left / size);
    left -= count * size;
    return count > 0 ? [`${count}${letter}`] : [];
  });
  return parts.join(' ') || '0s';
}

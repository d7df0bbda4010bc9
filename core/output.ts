const lines = 20;
const characters = 2000;

const tail = (text: string): string => text.trimEnd().split('\n').slice(-lines).join('\n').slice(-characters);

/** The end of a failed command's output, where the reason is: the last 20 lines, at most 2,000 characters, of each stream. */
export function failingTail(stdout: string, stderr: string): string {
  const parts = [
    ['stderr', tail(stderr)],
    ['stdout', tail(stdout)],
  ].filter(([, text]) => text);
  return parts.length === 0
    ? 'it printed nothing'
    : parts.map(([name, text]) => `--- end of ${name}\n${text}`).join('\n');
}

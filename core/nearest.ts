/** Other names of what we call differently. A similar word would mean something else. */
const synonyms: Record<string, string> = { amd64: 'x86_64', x64: 'x86_64', 'x86-64': 'x86_64', aarch64: 'arm64' };

/** The known word that was probably meant. Undefined if none is close enough. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  const words = [...known];
  const same = synonyms[word.toLowerCase()];
  if (same !== undefined && words.includes(same)) return same;
  const bound = word.length < 4 ? 1 : word.length < 9 ? 2 : 3;
  const ranked = words
    .filter((candidate) => Math.abs(candidate.length - word.length) <= bound)
    .map((candidate) => ({ candidate, distance: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter((each) => each.distance <= bound)
    .toSorted((a, b) => a.distance - b.distance);
  return ranked[0]?.candidate;
}

/** The end of a message: `; did you mean X?`, or nothing. */
export function didYouMean(word: string, words: Iterable<string>): string {
  const meant = nearest(word, words);
  return meant === undefined ? '' : `; did you mean ${meant}?`;
}

// Levenshtein distance, computed row by row.
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of a.split('').entries()) {
    const next = [i + 1];
    for (const [j, other] of b.split('').entries()) {
      next.push(Math.min((row[j] ?? 0) + (letter === other ? 0 : 1), (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

/** A text between expressions, or the name in an expression: `parameters.version` of `${{ parameters.version }}`. */
export type Piece = { text: string; name?: never } | { name: string; text?: never };

const opening = '${{';

export const hasExpression = (text: string): boolean => text.includes(opening);

/**
 * Takes a text apart. `$${{` stands for `${{` itself. Undefined if an expression has no end.
 */
export function piecesOf(text: string): Piece[] | undefined {
  const pieces: Piece[] = [];
  let kept = '';
  let at = 0;
  for (let next = text.indexOf(opening); next >= 0; next = text.indexOf(opening, at)) {
    if (text[next - 1] === '$' && next > at) {
      kept += text.slice(at, next - 1) + opening;
      at = next + opening.length;
      continue;
    }
    const end = text.indexOf('}}', next);
    if (end < 0) return undefined;
    kept += text.slice(at, next);
    if (kept) pieces.push({ text: kept });
    kept = '';
    pieces.push({ name: text.slice(next + opening.length, end).trim() });
    at = end + 2;
  }
  kept += text.slice(at);
  return kept || pieces.length === 0 ? [...pieces, { text: kept }] : pieces;
}

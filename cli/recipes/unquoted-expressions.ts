import { Lexer } from 'yaml';

/** A plain text with an expression, where it begins, and its form with quotes. */
interface Unquoted {
  offset: number;
  quoted: string;
}

// The lexer marks documents, plain scalars and ends of flow collections by characters that are not in the text.
const isInText = (lexeme: string) => !['\u0002', '\u0018', '\u001f'].includes(lexeme);

/**
 * Expressions without quotes between `{ }` or `[ ]`. YAML takes their braces for maps, and then cannot read the rest of the file.
 * The lexer sees `$` at the end of a plain scalar, and two braces.
 */
export function unquotedExpressions(text: string): Unquoted[] {
  if (!text.includes('${{')) return [];
  const found: Unquoted[] = [];
  let offset = 0;
  let end = 0; // of the text that was found last
  let scalar = { from: 0, to: -1 };
  for (const lexeme of new Lexer().lex(text)) {
    if (!isInText(lexeme)) continue;
    const from = offset;
    offset += lexeme.length;
    if (lexeme === '{' && scalar.to === from && text.startsWith('${{', from - 1)) {
      const [whole = ''] = /^(?:\$\{\{.*?\}\}|[^,\]}\n])*/.exec(text.slice(scalar.from)) ?? [];
      if (scalar.from >= end) found.push({ offset: scalar.from, quoted: `'${whole.trimEnd().replaceAll("'", "''")}'` });
      end = Math.max(end, scalar.from + whole.length);
    }
    if (lexeme.endsWith('$')) scalar = { from, to: offset };
  }
  return found;
}

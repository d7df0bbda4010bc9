/** What became of one part of a foreign file. */
export interface TranslationNote {
  file: string;
  /** Undefined if the file's format has no lines of its own, such as JSON. */
  line?: number | undefined;
  what: string;
  result: 'translated' | 'not needed' | 'not translated';
  /** Where it is in the recipe, or why it is not there and what to do. */
  says: string;
}

const marks = { translated: '✓', 'not needed': '–', 'not translated': '✗' } as const;
const placeOf = ({ file, line }: TranslationNote) => (line === undefined ? file : `${file}:${line}`);

/** The notes line by line. */
export function notesText(notes: TranslationNote[]): string {
  const width = Math.max(...notes.map((note) => placeOf(note).length), 0);
  return notes
    .map((note) => `  ${placeOf(note).padEnd(width)}  ${marks[note.result]} ${note.what}: ${note.says}\n`)
    .join('');
}

/** Comments for what could not be translated. */
export const commentsFor = (notes: TranslationNote[]): string =>
  notes
    .filter(({ result }) => result === 'not translated')
    .map((note) => `# not translated: ${placeOf(note)} ${note.what}: ${note.says}`.replaceAll('\n', ' ') + '\n')
    .join('');

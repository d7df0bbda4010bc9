/** Prints rows of cells in columns. The first row is the head, whose cells are broken at commas. */
export function printTable([head = [], ...rows]: string[][]): void {
  const parts = head.map((cell) => cell.split(', '));
  const heads = Array.from({ length: Math.max(...parts.map((part) => part.length)) }, (_, line) =>
    parts.map((part) => part[line] ?? ''),
  );
  const lines = [...heads, ...rows];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  for (const line of lines) {
    const cells = line.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
    );
    console.log(`  ${cells.join('   ')}`.trimEnd());
  }
}

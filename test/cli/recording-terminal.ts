import type { Terminal } from '../../cli/screen/terminal.ts';

/** A terminal that remembers what was written to it. */
export function recordingTerminal(kind: Partial<Terminal> = {}) {
  let [out, err] = ['', ''];
  const terminal: Terminal = {
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    columns: 100,
    isTTY: false,
    colour: false,
    ...kind,
  };
  return { terminal, out: () => out, err: () => err };
}

// Part of `npm run check`: shellcheck reads, or PowerShell parses, every script that a guest runs. These are the scripts and
// steps of the recipes here, sanitize, and the lines that carry scripts.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { importTypeScript } from './run.mjs';
import { ensureInstalled, root } from './setup.mjs';

await ensureInstalled();
const { guestScripts } = await importTypeScript(join(root, 'scripts/guest-scripts.ts'));
const scripts = await guestScripts();
let wrong = 0;
const report = (name, message) => {
  wrong += 1;
  console.error(`${name}: ${message}`);
};

const shells = scripts.filter(({ kind }) => kind === 'shell');
const shellcheck = (...args) => spawnSync('shellcheck', args, { encoding: 'utf8' });
let found = shellcheck('--version').status === 0;
// Installs only on CI machines, which are thrown away.
if (!found && process.env.CI && process.getuid?.() === 0) {
  const quiet = { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  spawnSync('apt-get', ['update'], quiet);
  spawnSync('apt-get', ['install', '-y', '--no-install-recommends', 'shellcheck'], quiet);
  found = shellcheck('--version').status === 0;
}
if (found) {
  for (const { name, text } of shells) {
    const { status, stdout } = spawnSync('shellcheck', ['--color=never', '-'], { input: text, encoding: 'utf8' });
    if (status !== 0) report(name, stdout);
  }
}

const { Parser, Language } = await import('web-tree-sitter');
await Parser.init();
const grammar = createRequire(import.meta.url).resolve('tree-sitter-powershell/tree-sitter-powershell.wasm');
const parser = new Parser().setLanguage(await Language.load(readFileSync(grammar)));
const powershells = scripts.filter(({ kind }) => kind === 'powershell');
const errorsIn = (node) =>
  node.isError || node.isMissing ? [node] : node.children.flatMap((child) => (child.hasError ? errorsIn(child) : []));
for (const { name, text } of powershells) {
  // The grammar begins after a byte order mark.
  for (const { startPosition, text: at } of errorsIn(parser.parse(text.replace(/^\uFEFF/, '')).rootNode))
    report(name, `line ${startPosition.row + 1} is no PowerShell: ${at.slice(0, 200)}`);
}

const read = found
  ? `shellcheck has read ${shells.length} shell scripts`
  : `${shells.length} shell scripts skipped, since there is no shellcheck`;
console.log(`${read}; ${powershells.length} PowerShell scripts parsed; ${wrong} wrong`);
process.exitCode = wrong ? 1 : 0;

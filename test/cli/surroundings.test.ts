import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

test('Ctrl-C in a session is for the session: golden goes on until the session ends', async () => {
  const pressed = 'process.kill(process.ppid, "SIGINT"); process.exit(7)';
  const module = import.meta.url.replace(/test\/cli\/.*$/, 'cli/surroundings.ts.js');
  const script = `
    import { processSurroundings } from ${JSON.stringify(module)};
    const { session } = processSurroundings();
    console.log(await session([process.execPath, '-e', ${JSON.stringify(pressed)}]));
    console.log(process.listenerCount('SIGINT'));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
  expect(stdout).toBe('7\n0\n');
});

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build, type Plugin } from 'esbuild';
import { bundleOptions } from '../../../scripts/bundle.mjs';

export interface Probed {
  /** By command: the requests for its samples, and the answers as the SDK returns them. */
  seen: Record<string, { requests: Record<string, unknown>[]; answers: unknown[] }>;
  errors: Record<string, unknown>[];
}

/** The output of test/support/wire/wire-probe.ts, bundled with the options of scripts/bundle.mjs but with the given plugins. */
export async function probeWith(plugins: Plugin[], outdir: string): Promise<Probed> {
  await build({ ...bundleOptions('test/support/wire/wire-probe.ts', outdir), plugins });
  const env = { PATH: process.env['PATH'], AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' };
  const index = join(outdir, 'index.mjs');
  const { stdout } = await promisify(execFile)(process.execPath, [index], { env, maxBuffer: 2 ** 24 });
  return JSON.parse(stdout) as Probed;
}

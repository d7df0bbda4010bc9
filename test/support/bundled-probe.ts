import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build, type Plugin } from 'esbuild';
import { root } from '../../scripts/setup.mjs';

export interface Probed {
  /** By command: the requests made of its samples, the answers as the SDK hands them on. */
  seen: Record<string, { requests: Record<string, unknown>[]; answers: unknown[] }>;
  errors: Record<string, unknown>[];
}

/** What test/support/wire-probe.ts prints, bundled with the options of scripts/bundle.mjs but for the plugins. */
export async function probeWith(plugins: Plugin[], outdir: string): Promise<Probed> {
  await build({
    absWorkingDir: root,
    entryPoints: [{ in: 'test/support/wire-probe.ts', out: 'index' }],
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    mainFields: ['module', 'main'],
    minify: true,
    legalComments: 'none',
    plugins,
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
    logLevel: 'warning',
  });
  const env = { PATH: process.env['PATH'], AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' };
  const index = join(outdir, 'index.mjs');
  const { stdout } = await promisify(execFile)(process.execPath, [index], { env, maxBuffer: 2 ** 24 });
  return JSON.parse(stdout) as Probed;
}

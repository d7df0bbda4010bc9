// Jest transform that uses esbuild, as the bundler does. Types are checked by tsc, not here.
import { createHash } from 'node:crypto';
import { transform, transformSync, version } from 'esbuild';

const options = (path, esm) => ({
  loader: 'ts',
  format: esm ? 'esm' : 'cjs',
  target: 'node20',
  sourcefile: path,
  sourcemap: 'inline',
  sourcesContent: false,
});

export default {
  canInstrument: false, // Jest instruments the output itself and maps it back
  getCacheKey: (source, path, { supportsStaticESM, configString, instrument }) =>
    createHash('sha256')
      .update([version, source, path, supportsStaticESM, instrument, configString].join('\0'))
      .digest('hex'),
  process: (source, path, { supportsStaticESM }) => transformSync(source, options(path, supportsStaticESM)),
  processAsync: (source, path, { supportsStaticESM }) => transform(source, options(path, supportsStaticESM)),
};

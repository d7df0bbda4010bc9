import { dirname } from 'node:path';

// Keeps all that a function loads at its start in one file beside index.mjs. esbuild puts modules into a file of their own for each
// set of import() calls that reach them, and a cold start then opens a dozen files. With this plugin, every module that import()
// loads also imports the function, so every import() reaches the modules that are loaded at the start. At run time this costs
// nothing, because the function is loaded before it calls import().
const namespace = 'late-module';

/** @param entry The path under which esbuild finds the function. */
export const lateModules = (entry) => ({
  name: 'late-modules',
  setup(build) {
    build.onResolve({ filter: /.*/ }, async ({ path, kind, importer, resolveDir, pluginData }) => {
      if (kind !== 'dynamic-import' || pluginData === namespace) return;
      const found = await build.resolve(path, { kind, importer, resolveDir, pluginData: namespace });
      return found.external || found.errors.length > 0 ? found : { path: found.path, namespace };
    });
    build.onLoad({ filter: /.*/, namespace }, ({ path }) => ({
      contents: `
        import ${JSON.stringify(entry)};
        import * as all from ${JSON.stringify(path)};
        export * from ${JSON.stringify(path)};
        export default all.default;`,
      loader: 'js',
      resolveDir: dirname(path),
    }));
  },
});

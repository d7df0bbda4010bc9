import { builtinModules } from 'node:module';

// Takes Node's own modules from process.getBuiltinModule(). For an import statement, Node reads every property of such a module,
// so that it can export each by name. Reading all of `process` opens stdin, stdout and stderr, and reading all of `crypto` loads
// Web Crypto. A tenth of the time that a function took to load went into this. Here, only the properties that a bundle uses are read.
const namespace = 'node-builtin';
const plain = (path) => path.replace(/^node:/, '');

export const nodeBuiltins = {
  name: 'node-builtins',
  setup(build) {
    build.onResolve({ filter: /^(node:)?[a-z0-9_/]+$/ }, ({ path, kind, importer }) => {
      if (!builtinModules.includes(plain(path)) || kind === 'dynamic-import') return;
      if (kind === 'import-statement') return { path: plain(path), namespace, sideEffects: false };
      // an ES module has no require(), and nothing that is bundled needs one so far
      return { errors: [{ text: `${importer} loads ${path} by ${kind}: only import works in a bundle` }] };
    });
    build.onLoad({ filter: /.*/, namespace }, ({ path }) => {
      const names = Object.keys(process.getBuiltinModule(path)).filter(
        (name) => /^[\w$]+$/.test(name) && name !== 'default',
      );
      const exported = names.map((name) => `export const ${name} = /* @__PURE__ */ (() => all.${name})();`);
      const all = `const all = process.getBuiltinModule('node:${path}');\nexport default all;`;
      return { contents: [all, ...exported].join('\n'), loader: 'js' };
    });
  },
};

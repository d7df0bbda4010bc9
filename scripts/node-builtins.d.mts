export const nodeBuiltins: import('esbuild').Plugin;

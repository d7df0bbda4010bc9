export const lateModules: (entry: string) => import('esbuild').Plugin;

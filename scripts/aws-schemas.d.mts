export const awsSchemas: import('esbuild').Plugin;

import { readFile } from 'node:fs/promises';

// Bundles only the AWS SDK schemas that a function's commands use.
// The SDK writes the schemas' traits under computed keys ({ [_xN]: … }). esbuild must assume that evaluating a computed key has
// side effects, so it keeps the schema of every operation of the client: 552 kB of EC2 for one command (aws/aws-sdk-js-v3 issue
// 7607; the fix proposed in smithy-lang/smithy-typescript 1889 is not released). With literal keys, esbuild drops every schema
// that no imported command uses. The data on the wire is unchanged.
//
// The schemas also register a class for each error of the whole service, 62 kB of SSM for two commands. Without them the SDK
// makes every error of its service's base class, as it always does for EC2, which models none. Name, message, $fault and
// $metadata stay the same. Only `instanceof` is lost, which nothing here uses: aws/errors.ts goes by names. SNS keeps its
// classes: on the wire its errors have other names (NotFound) than in the SDK (NotFoundException).
//
// Once the SDK is fixed, these patterns match nothing and do no harm. test/scripts/bundle.test.ts watches the sizes and compares a
// bundle's errors with those of the unchanged SDK.
const sources = new Map(); // each function is a build of its own, but a schema needs to be read once

const once = (path, read) => {
  if (!sources.has(path)) sources.set(path, read(path));
  return sources.get(path);
};

export const awsSchemas = {
  name: 'aws-schemas',
  setup(build) {
    build.onLoad({ filter: /@aws-sdk[\\/].+[\\/]dist-es[\\/].*schemas[\\/]schemas_\d+\.js$/ }, ({ path }) =>
      once(path, withFreeSchemas),
    );
    // a client reads its own version there, and esbuild would keep the whole file
    build.onLoad({ filter: /@aws-sdk[\\/]client-[\w-]+[\\/]package\.json$/ }, ({ path }) => once(path, versionOnly));
  },
};

const renamed = /[\\/]client-sns[\\/]/;

async function withFreeSchemas(path) {
  const source = await readFile(path, 'utf8');
  const literals = new Map(
    [...source.matchAll(/^const (_\w+) = ("[^"\n]*");$/gm)].map(([, name, text]) => [name, text]),
  );
  const contents = source
    .replace(/\[(_\w+)\]:/g, (all, name) => (literals.has(name) ? `[${literals.get(name)}]:` : all))
    .replace(/^n\d+_registry\.registerError\(\w+\$, \w+\);$/gm, (all) => (renamed.test(path) ? all : ''));
  return { contents, loader: 'js' };
}

async function versionOnly(path) {
  const { version } = JSON.parse(await readFile(path, 'utf8'));
  return { contents: JSON.stringify({ version }), loader: 'json' };
}

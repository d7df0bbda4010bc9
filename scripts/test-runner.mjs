// Runs the tests with jest-light-runner, and shows the places of failures in TypeScript.
// Node's own --enable-source-maps reads the map of every module, and maps every stack that anything reads. That takes a fifth of
// the tests' time, although only a failure needs a map.
import { existsSync, readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import LightRunner from 'jest-light-runner';
import { testTree } from './test-tree.mjs';

const maps = new Map();

function mapOf(file) {
  if (!maps.has(file)) {
    const [, data] =
      /^\/\/# sourceMappingURL=data:application\/json;base64,(\S+)/m.exec(readFileSync(file, 'utf8')) ?? [];
    maps.set(file, data && new SourceMap(JSON.parse(Buffer.from(data, 'base64').toString())));
  }
  return maps.get(file);
}

/** `file:///…/.test-build/core/plan.ts.js:12:5` in a stack becomes `/…/core/plan.ts:10:3`. */
export const inTypeScript = (text) =>
  text.replace(/(file:\/\/)?(\/[^\s():?]+\.ts\.js)(?:\?\d+)?:(\d+):(\d+)/g, (frame, scheme, path, line, column) => {
    const file = scheme ? fileURLToPath(`${scheme}${path}`) : path;
    if (!file.startsWith(testTree)) return frame;
    const entry = mapOf(file)?.findEntry(line - 1, column - 1);
    if (entry?.originalSource === undefined) return frame;
    return `${resolve(dirname(file), entry.originalSource)}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  });

/**
 * The suites that take longest, the longest first. They start first, so that all cores are busy until the end. Template packages
 * what permissions judges, so permissions comes a little later.
 */
const longest = [
  'template',
  'scripts/bundle',
  'scripts/package',
  'permissions',
  'bad-input/files',
  'proof/month/days',
  'statemachines/move-channel',
  'bad-input/documents',
  'proof/faults/operations',
  'wire',
  'statemachines/retire-images/faults',
  'proof/month/aging',
  'statemachines/build-image/long',
  'cli/simulated/simulate',
  'functions/wake/wake',
  'proof/faults/faults',
  'bad-input/pipeline',
  'statemachines/build-image/redrive',
  'cli/retire/retire',
  'cli/authoring/format-recipe',
  'statemachines/build-image/distribute-accounts',
  'docs/cookbook',
  'statemachines/build-image/variants',
  'core/guest/steps/read-secrets',
  'bad-input/inputs',
].map((name) => join(testTree, 'test', `${name}.test.ts.js`));

function longestFirst(tests) {
  const placeOf = ({ path }) => (longest.includes(path) ? longest.indexOf(path) : longest.length);
  return tests.toSorted((one, other) => placeOf(one) - placeOf(other));
}

export default class Runner extends LightRunner {
  runTests(tests, watcher, onStart, onResult, onFailure) {
    const gone = longest.filter((path) => !existsSync(path));
    if (gone.length > 0) throw new Error(`scripts/test-runner.mjs names suites that do not exist: ${gone.join(', ')}`);
    const translated = (result) => ({
      ...result,
      failureMessage: result.failureMessage && inTypeScript(result.failureMessage),
      testResults: result.testResults.map((one) => ({
        ...one,
        failureMessages: one.failureMessages.map(inTypeScript),
      })),
    });
    return super.runTests(
      longestFirst(tests),
      watcher,
      onStart,
      (test, result) => onResult(test, translated(result)),
      (test, error) => {
        if (error?.stack) error.stack = inTypeScript(error.stack);
        return onFailure(test, error);
      },
    );
  }
}

// Runs the tests with jest-light-runner, and shows the places of failures in TypeScript.
// Node's own --enable-source-maps reads the map of every module, and maps every stack that anything reads. That takes a fifth of
// the tests' time, although only a failure needs a map.
import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { resolve, dirname } from 'node:path';
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

export default class Runner extends LightRunner {
  runTests(tests, watcher, onStart, onResult, onFailure) {
    const translated = (result) => ({
      ...result,
      failureMessage: result.failureMessage && inTypeScript(result.failureMessage),
      testResults: result.testResults.map((one) => ({
        ...one,
        failureMessages: one.failureMessages.map(inTypeScript),
      })),
    });
    return super.runTests(
      tests,
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

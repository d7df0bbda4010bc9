import { buildTestTree } from './scripts/test-tree.mjs';

// jest-light-runner runs the tests on plain Node. It knows no time limit of a single test, so scripts/test.mjs bounds the whole run.
export default async () => {
  await buildTestTree();
  return {
    rootDir: '.test-build',
    runner: '<rootDir>/../scripts/test-runner.mjs',
    maxWorkers: '100%', // the default leaves one of two cores idle
    testMatch: ['<rootDir>/test/**/*.test.ts.js'],
    transform: {},
  };
};

// A project of its own, so that `npm test` needs no Python: see scripts/test-moto.mjs.
export default {
  rootDir: '../..',
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/moto/**/*.moto.ts'],
  transform: { '\\.ts$': '<rootDir>/scripts/jest-esbuild.mjs' },
  extensionsToTreatAsEsm: ['.ts'],
  modulePathIgnorePatterns: ['<rootDir>/(dist|out|coverage|\\.serverless)/'],
  testTimeout: 960_000, // for what hangs: beyond the lab's own patience, which says where a build has got to
  maxConcurrency: 20, // scenarios wait far more than they work
  maxWorkers: 3,
};

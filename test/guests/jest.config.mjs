// A project of its own, since it takes root and a file tree: see scripts/test-guests.mjs.
export default {
  rootDir: '../..',
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/guests/**/*.guest.ts'],
  transform: { '\\.ts$': '<rootDir>/scripts/jest-esbuild.mjs' },
  extensionsToTreatAsEsm: ['.ts'],
  modulePathIgnorePatterns: ['<rootDir>/(dist|out|coverage|\\.serverless|\\.test-build)/'],
  testTimeout: 120_000,
};

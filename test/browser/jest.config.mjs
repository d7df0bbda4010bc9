// A project of its own, so that `npm test` needs no browser: see scripts/test-browser.mjs.
export default {
  rootDir: '../..',
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/browser/**/*.browser.ts'],
  transform: { '\\.ts$': '<rootDir>/scripts/jest-esbuild.mjs' },
  extensionsToTreatAsEsm: ['.ts'],
  modulePathIgnorePatterns: ['<rootDir>/(dist|out|coverage|\\.serverless|\\.test-build)/'],
  testTimeout: 60_000,
};

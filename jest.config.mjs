export default {
  testEnvironment: 'node',
  maxWorkers: '100%', // the default leaves one of two cores idle
  testTimeout: 60_000, // a busy machine is no failure
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  transform: { '\\.ts$': '<rootDir>/scripts/jest-esbuild.mjs' },
  extensionsToTreatAsEsm: ['.ts'],
  modulePathIgnorePatterns: ['<rootDir>/(dist|out|coverage|\\.serverless)/'],
  collectCoverageFrom: ['{core,aws,functions,simulator,cli}/**/*.ts'],
};

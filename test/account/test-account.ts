// `npm run test:aws`: what only AWS can say, asked without creating anything. See scripts/test-aws.mjs.
import { lackOfCredentials } from './credentials.ts';
import { countsLine, make, type Counts } from './check.ts';

/** What is asked, in this order. */
const subjects = ['definitions', 'states', 'roles', 'dry runs'] as const;

async function testAccount(print: (line: string) => void): Promise<Counts> {
  const lack = await lackOfCredentials();
  if (lack !== undefined) {
    print(`There are no AWS credentials here, so AWS was asked nothing: ${lack}`);
    for (const subject of subjects) print(`skipped ${subject}`);
    return { passed: 0, failed: 0, skipped: subjects.length };
  }
  const { accountChecks } = await import('./account-checks.ts'); // the simulator and all clients, which only these need
  return make(await accountChecks(print), print);
}

export async function main(): Promise<void> {
  const counts = await testAccount((line) => console.log(line)).catch((error: Error): Counts => {
    console.log(`FAILED  to begin: ${error.name}: ${error.message}`);
    return { passed: 0, failed: 1, skipped: 0 };
  });
  console.log(countsLine(counts));
  process.exitCode = counts.failed > 0 ? 1 : 0;
}

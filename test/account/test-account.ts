// `npm run test:aws`: what only AWS can say, asked without creating anything. See scripts/test-aws.mjs.
import { packagedTemplate } from '../support/template/packaged-template.ts';
import { runs } from '../support/roles/permission-runs.ts';
import { lackOfCredentials, openAccount } from './account.ts';
import { countsLine, make, type AccountCheck, type Counts } from './check.ts';
import { dryRuns, planned } from './dry-runs.ts';
import { definitionChecks, definitions, stateChecks } from './machine-checks.ts';
import { record } from './recorded.ts';
import { roleChecks } from './role-checks.ts';

/** What is asked, in this order. */
const subjects = ['definitions', 'states', 'roles', 'dry runs'] as const;

async function testAccount(print: (line: string) => void): Promise<Counts> {
  const lack = await lackOfCredentials();
  if (lack !== undefined) {
    print(`There are no AWS credentials here, so AWS was asked nothing: ${lack}`);
    for (const subject of subjects) print(`skipped ${subject}`);
    return { passed: 0, failed: 0, skipped: subjects.length };
  }
  const account = await openAccount();
  print(`account ${account.id}, region ${account.region}; nothing is created`);
  const recorded = await record(runs);
  const template = await packagedTemplate();
  const calls = await planned(account);
  const all = definitions(account);
  const checks: AccountCheck[] = [
    ...definitionChecks(account, all),
    ...stateChecks(account, all, recorded),
    ...roleChecks(account, template, recorded),
    ...dryRuns(account, calls),
  ];
  return make(checks, print);
}

export async function main(): Promise<void> {
  const counts = await testAccount((line) => console.log(line)).catch((error: Error): Counts => {
    console.log(`FAILED  to begin: ${error.name}: ${error.message}`);
    return { passed: 0, failed: 1, skipped: 0 };
  });
  console.log(countsLine(counts));
  process.exitCode = counts.failed > 0 ? 1 : 0;
}

// All that `npm run test:aws` asks AWS.
import { packagedTemplate } from '../support/template/packaged-template.ts';
import { runs } from '../support/roles/permission-runs.ts';
import { openAccount } from './account.ts';
import type { AccountCheck } from './check.ts';
import { dryRuns, planned } from './dry-runs.ts';
import { definitionChecks, definitions, stateChecks } from './machine-checks.ts';
import { record } from './recorded.ts';
import { roleChecks } from './role-checks.ts';

export async function accountChecks(print: (line: string) => void): Promise<AccountCheck[]> {
  const account = await openAccount();
  print(`account ${account.id}, region ${account.region}; nothing is created`);
  const recorded = await record(runs);
  const template = await packagedTemplate();
  const calls = await planned(account);
  return [
    ...definitionChecks(account, definitions(account)),
    ...stateChecks(account, definitions(account), recorded),
    ...roleChecks(account, template, recorded),
    ...dryRuns(account, calls),
  ];
}

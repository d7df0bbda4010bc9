import { regionHelp, type Cli } from '../deployed/deployed-verbs.ts';

/** The verb that looks at everything the other verbs need. */
export function addDoctor({ program, terminal, surroundings, ended }: Cli): void {
  program
    .command('doctor')
    .summary('look at everything that the verbs need, and say what to do about what is wrong')
    .description(
      'Looks at Node, the region, the credentials, the deployment and its version, its bucket, its stack and what somebody changed without CloudFormation. Works without credentials as far as possible. Changes nothing. Exit code 1: something is wrong.',
    )
    .option('--stage <stage>', 'stage of the deployment', 'dev')
    .option('--region <region>', regionHelp)
    .option('--no-drift', 'without the comparison of the stack, which takes a minute')
    .option('--json', 'print the checks as JSON')
    .action(async (options) => {
      const { doctor } = await import('./doctor.ts');
      ended(await doctor(options, terminal, surroundings));
    });
}

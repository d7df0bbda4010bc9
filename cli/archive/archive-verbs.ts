import { deployed, type Cli } from '../deployed/deployed-verbs.ts';

const outcome = 'print the object and the AMI as JSON and nothing else on stdout; progress goes to stderr';
const word = "a build's id, alone or as in its image's name";

/** The verbs that store images in S3, and restore them from there. Each verb's module is loaded only when the verb is called. */
export function addArchiveVerbs({ program, terminal, surroundings, ended }: Cli): void {
  deployed(
    program,
    'archive',
    "store the image of a build as one object in S3, for cold keeping or another of AWS's partitions",
    "Stores the AMI of the pipeline's region in the deployment's bucket of archives. The AMI stays: golden deregister removes it. The object keeps no permissions, and its disks are decrypted into it.",
    outcome,
  )
    .argument('<build>', word)
    .option('--plan', 'only say what would be stored, and what that costs a month')
    .option('--why <text>', 'why, for the record of the build')
    .option('--yes', 'do not ask')
    .action(async (build: string, options) => {
      const { runArchive } = await import('./archive.ts');
      ended(await runArchive('archive', build, options, terminal, surroundings));
    });
  deployed(
    program,
    'unarchive',
    'restore the image of a build from its object in S3, as a private AMI',
    "Restores an AMI from the deployment's bucket of archives, with the tags of its build. The AMI is private, and no channel holds it. The object stays.",
    outcome,
  )
    .argument('<build>', `${word}; with --object, <recipe>-<build>`)
    .option('--object <key>', 'the object, such as ami-0123456789abcdef0.bin, if another deployment stored it')
    .option('--plan', 'only say what would be restored')
    .option('--why <text>', 'why, for the record of the build')
    .option('--yes', 'do not ask')
    .action(async (build: string, options) => {
      const { runArchive } = await import('./archive.ts');
      ended(await runArchive('unarchive', build, options, terminal, surroundings));
    });
}

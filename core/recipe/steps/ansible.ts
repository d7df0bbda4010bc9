import * as z from 'zod/mini';
import { formed, pathBelow } from '../scalars.ts';

/** `ansible` of a step: a playbook beside the recipe, which Ansible plays on the builder itself. */
export const ansible = z
  .strictObject({
    playbook: pathBelow('ansible/site.yml').check(
      formed(/\/[^/]+\.ya?ml$/, 'be a .yml or .yaml file in a folder of its own, such as ansible/site.yml'),
      z.describe(
        "Playbook, by its path below the recipe's folder, such as ansible/site.yml. Its whole folder goes to the builder: roles, templates, group_vars. Its hosts are all or localhost.",
      ),
    ),
    requirements: z.exactOptional(
      pathBelow('ansible/requirements.yml').check(
        formed(/\.ya?ml$/, 'be a .yml or .yaml file'),
        z.describe('Roles and collections to install first, in the folder of the playbook.'),
      ),
    ),
    extraVars: z.exactOptional(
      z
        .record(
          z.string().check(formed(/^[A-Za-z_]\w*$/, 'be the name of a variable: letters, digits and _')),
          z.unknown(),
        )
        .check(
          z.describe(
            'Variables of the playbook, of any type. They go through a file. Ansible itself replaces {{ }} in them. They are no place for secrets.',
          ),
        ),
    ),
    version: z.exactOptional(
      z
        .string()
        .check(
          formed(/^\d+\.\d+(\.\d+)?$/, 'be a version of ansible-core in quotes, such as 2.17 or 2.17.5'),
          z.describe(
            'Version of ansible-core, in quotes, such as 2.17.5; 2.17 is the newest of 2.17. Default: what the image has, else the newest for its Python.',
          ),
        ),
    ),
    installed: z.exactOptional(
      z
        .literal(true)
        .check(
          z.describe(
            'Uses the ansible-playbook of the image and never installs one, e.g. where there is no way to PyPI.',
          ),
        ),
    ),
  })
  .check(
    z.describe(
      'Plays an Ansible playbook on the builder itself: { playbook: ansible/site.yml }. Where the image has no Ansible, ansible-core comes into a folder that is removed afterwards. Linux only.',
    ),
  );

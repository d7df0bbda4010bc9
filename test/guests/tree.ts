import { describe } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The file trees that scripts/test-guests.mjs found or made. One without a path is not there. */
const trees = JSON.parse(process.env['GOLDEN_GUEST_TREES'] ?? '[{"name":"no tree"}]') as {
  name: string;
  path?: string;
}[];

/** One block of tests for each file tree, skipped where the tree is not there. */
export function describeGuests(tests: (tree: string) => void): void {
  for (const { name, path } of trees) (path === undefined ? describe.skip : describe)(name, () => tests(path ?? ''));
}

/** Bash text for the guest, or the lines of a command, run as the SSM agent runs them. */
export type GuestStep = string | { command: string[] };
export interface Ran {
  status: number;
  out: string;
  err: string;
}

const folderOf = (index: number) =>
  `/var/lib/amazon/ssm/i-0123456789abcdef0/document/orchestration/command-${index}/awsrunShellScript/0.awsrunShellScript`;

/**
 * Runs steps one after the other in a copy of the tree, without network. The copy is an overlay in memory and gone afterwards,
 * with every process that the steps have started.
 */
export function runIn(tree: string, steps: GuestStep[]): Ran[] {
  const scratch = mkdtempSync(join(tmpdir(), 'golden-guest-'));
  try {
    mkdirSync(join(scratch, 'mnt'));
    const lines = [
      'set -e',
      `mount -t tmpfs none ${scratch}/mnt`,
      `cd ${scratch}/mnt`,
      'mkdir upper work root',
      `mount -t overlay none -o lowerdir=${tree},upperdir=upper,workdir=work root`,
      'mount -t proc none root/proc',
      'export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/ LC_ALL=C.UTF-8',
      'set +e',
    ];
    steps.forEach((step, index) => {
      const folder = typeof step === 'string' ? '/golden-test' : folderOf(index);
      const path = `${folder}/_script.sh`;
      const text = typeof step === 'string' ? `#!/bin/bash\n${step}` : step.command.join('\n');
      writeFileSync(join(scratch, `${index}.sh`), text);
      lines.push(
        `mkdir -p root${folder}`,
        `install -m 700 ${scratch}/${index}.sh root${path}`,
        `chroot root sh -c ${path} </dev/null >${scratch}/${index}.out 2>${scratch}/${index}.err`,
        `echo $? >${scratch}/${index}.status`,
        'rm -rf root/golden-test',
      );
    });
    const { stderr } = spawnSync(
      'unshare',
      ['--mount', '--pid', '--net', '--uts', '--fork', '--kill-child', 'bash', '--norc', '-c', lines.join('\n')],
      // Without the variables of this machine, which programs in the tree would heed.
      { encoding: 'utf8', timeout: 100_000, env: { PATH: process.env['PATH'] } },
    );
    if (stderr) throw new Error(stderr);
    const read = (name: string) => readFileSync(join(scratch, name), 'utf8');
    return steps.map((_, index) => ({
      status: Number(read(`${index}.status`)),
      out: read(`${index}.out`),
      err: read(`${index}.err`),
    }));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Bash text that puts programs in front of all others. Each one notes its call in /calls, then does what its text says. */
export const stubs = (programs: Record<string, string>): string =>
  Object.entries(programs)
    .map(
      ([name, text]) =>
        `install -D -m 755 /dev/stdin /usr/local/sbin/${name} <<'STUB'\n#!/bin/bash\necho "${name} $*" >>/calls\n${text}\nSTUB`,
    )
    .join('\n');

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packedPowerShell, packedShell } from '../../../../core/guest/packed-script.ts';
import { shellFindsDisks } from '../../../../core/guest/steps/find-disks.ts';
import { beginningIn, disksIn } from '../../../../simulator/aws/ssm/parameter-values.ts';

// The lines run for real, in a folder of devices. Only ioctl is not the kernel's: it reads the command by the struct of
// linux/nvme_ioctl.h, and answers with the text of the file as EBS does: the model of the disk, and the device.
const kernel = `import ctypes, os, struct, sys, types
fake = types.ModuleType("fcntl")
def ioctl(disk, request, command):
    opcode, _, _, nsid, _, _, _, address, _, length, cdw10 = struct.unpack("=BBHIIIQQIII", command[:44])
    text = disk.read().decode()
    if text.startswith("fails") or (request, opcode, nsid, length, cdw10, len(command)) != (0xC0484E41, 6, 0, 4096, 1, 72):
        raise OSError("no Identify of the controller")
    model, device = text.split("|")
    answer = model.encode().ljust(40).rjust(64) + bytes(3008) + device.encode().ljust(32) + bytes(992)
    ctypes.memmove(address, answer, 4096)
fake.ioctl = ioctl
sys.modules["fcntl"] = fake
`;
const ebs = 'Amazon Elastic Block Store';
let folder: string;
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'golden-disks-')));
  const machines: Record<string, Record<string, string>> = {
    nitro: {
      nvme0n1: `${ebs}|/dev/xvda`,
      nvme1n1: 'Amazon EC2 NVMe Instance Storage|/dev/sdf',
      nvme2n1: `${ebs}|sdg`,
      nvme3n1: `${ebs}|/dev/sdf`,
    },
    links: { nvme1n1: `${ebs}|/dev/sdg`, nvme2n1: '' },
    xen: { xvda: '', xvdf: '', xvdg: '' },
    broken: { nvme0n1: `${ebs}|/dev/xvda`, nvme1n1: 'fails|' },
  };
  for (const [machine, devices] of Object.entries(machines)) {
    mkdirSync(join(folder, machine));
    for (const [name, text] of Object.entries(devices)) writeFileSync(join(folder, machine, name), text);
  }
  symlinkSync('nvme2n1', join(folder, 'links/sdf'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const disk = (name: string, device: string) => ({ name, device, variable: `GOLDEN_DISK_${name.toUpperCase()}` });
const disks = [disk('data', '/dev/sdf'), disk('logs', 'xvdg')];

/** What a step sees that begins with the lines. */
function begin(machine: string) {
  const lines = ['set -eu', ...shellFindsDisks(disks, { dev: join(folder, machine), before: kernel })];
  const step = 'exec sh -c \'echo "$GOLDEN_DISK_DATA $GOLDEN_DISK_LOGS"\'';
  const { status, stdout, stderr } = spawnSync('sh', ['-c', [...lines, step].join('\n')]);
  return { status, out: stdout.toString().replaceAll(`${folder}/${machine}`, '/dev').trim(), err: stderr.toString() };
}

test.each([
  ['Nitro, by what EBS reports, and not an instance store', 'nitro', '/dev/nvme3n1 /dev/nvme2n1'],
  ['an image with links, behind the link', 'links', '/dev/nvme2n1 /dev/nvme1n1'],
  ['Xen', 'xen', '/dev/xvdf /dev/xvdg'],
])('a step has the paths of its disks on %s', (_, machine, out) => {
  expect(begin(machine)).toEqual({ status: 0, out, err: '' });
});

test('a step whose disk is not there does not run, and says which disk that is', () => {
  const { status, out, err } = begin('broken');
  expect({ status, out }).toEqual({ status: 1, out: '' });
  expect(err).toContain(
    'no Identify of the controller\nthere is no disk /dev/sdf on this instance: it is data in builder.volumes\n',
  );
});

test('PowerShell looks for the disks before it sets the variables of the step', () => {
  const lines = packedPowerShell('exit 0', { namedDisks: disks, env: { A: 'b' } });
  expect(beginningIn(lines)).toMatch(
    /\$env:GOLDEN_DISK_LOGS = & \$findDisk 'g' 'there is no disk xvdg [^]*\$env:A = 'b'/,
  );
  for (const sent of [lines, packedShell('true', { namedDisks: disks, user: 'nobody' })])
    expect(disksIn(sent)).toEqual({ GOLDEN_DISK_DATA: 'f', GOLDEN_DISK_LOGS: 'g' });
  expect(packedShell('true', { namedDisks: [] })).toEqual(packedShell('true'));
});

import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { provisionCommands } from '../../core/guest/command.ts';
import { describeGuests, runIn, stubs } from './tree.ts';

const script = (name: string) => {
  const text = readFileSync(join(process.cwd(), 'examples/scripts', name), 'utf8');
  const step = { script: `scripts/${name}`, timeout: '1h' };
  const [command] = provisionCommands([step], 'b', { windows: false }, { [step.script]: text });
  return { command: command?.parameters['commands'] ?? [] };
};

/** Every file below /etc with its mode and content, in one digest for each. */
const etc = "find /etc -type f ! -name '*-' -printf '%m %p ' -exec sha256sum {} ';' | sort";

const fingerprint = '9DC858229FC7DD38854AE2D88D81803C0EBFCD88';
const dockerHost = [
  'mkdir -p /dev/disk/by-label',
  stubs({
    'apt-get': 'if [[ $* == *update* && ! -e /unlocked ]]; then touch /unlocked; exit 100; fi',
    curl: 'while [ "$1" != --output ]; do shift; done; echo key >"$2"',
    gpg: `printf 'pub:-\\nfpr:::::::::${fingerprint}:\\n'`,
    findmnt: 'echo /dev/nvme0n1p1',
    lsblk: 'case $* in *PKNAME*) echo nvme0n1 ;; *) printf "loop0 loop\\nnvme0n1 disk\\nnvme1n1 disk\\n" ;; esac',
    'mkfs.xfs': 'touch /dev/disk/by-label/docker',
    udevadm: '',
    mountpoint: 'grep -qx "mount ${*: -1}" /calls',
    mount: '',
    sleep: '',
    systemctl: '',
    docker: '',
  }),
].join('\n');

describeGuests((tree) => {
  test('the Docker script puts images, volumes and logs on the second disk, and running it again changes nothing', () => {
    const install = script('install-docker-ubuntu.sh');
    const [, first, fstab, before, second, after, calls] = runIn(tree, [
      dockerHost,
      install,
      'cat /etc/fstab; cat /etc/systemd/system/{docker,containerd}.service.d/disk.conf; ls /mnt/docker',
      etc,
      install,
      etc,
      'cat /calls',
    ]);
    expect(first).toMatchObject({ status: 0 });
    expect(second).toMatchObject({ status: 0 });
    expect(fstab?.out).toContain('LABEL=docker /mnt/docker xfs');
    for (const folder of ['docker', 'containerd'])
      expect(fstab?.out).toContain(`/mnt/docker/${folder} /var/lib/${folder} none bind`);
    expect(fstab?.out.match(/^RequiresMountsFor=\/var\/lib\/docker \/var\/lib\/containerd$/gm)).toHaveLength(2);
    expect(fstab?.out).toMatch(/containerd\ndocker\n$/);
    expect(after?.out).toBe(before?.out);
    const made = calls?.out.split('\n') ?? [];
    expect(made.filter((call) => call.startsWith('mkfs.xfs'))).toEqual(['mkfs.xfs -L docker /dev/nvme1n1']);
    expect(made.filter((call) => call.startsWith('mount '))).toEqual([
      'mount /mnt/docker',
      'mount /var/lib/docker',
      'mount /var/lib/containerd',
    ]);
    expect(made.indexOf('mount /var/lib/containerd')).toBeLessThan(
      made.findIndex((call) => call.includes('docker-ce')),
    );
  });

  test('the Docker script waits for the package lists, and takes no other signing key', () => {
    const [, other, , waited] = runIn(tree, [
      `${dockerHost}\n${stubs({ gpg: "printf 'pub:-\\nfpr:::::::::0000:\\n'" })}`,
      script('install-docker-ubuntu.sh'),
      `rm -f /unlocked\n${stubs({ gpg: `printf 'pub:-\\nfpr:::::::::${fingerprint}:\\n'` })}`,
      script('install-docker-ubuntu.sh'),
    ]);
    expect(other).toMatchObject({
      status: 1,
      err: expect.stringContaining('expected 9DC858229FC7DD38854AE2D88D81803C0EBFCD88'),
    });
    expect(waited).toMatchObject({ status: 0, err: expect.stringContaining('try 1 of 20') });
  });

  test('the hardening of Amazon Linux 2023 ends in the same files when it runs again', () => {
    const harden = script('harden-al2023.sh');
    const machine = [
      'mkdir -p /etc/audit/rules.d /etc/ssh; printf -- "-D\\n-a never,task\\n" >/etc/audit/rules.d/audit.rules',
      'printf "max_log_file = 8\\nnum_logs = 5\\nmax_log_file_action = KEEP_LOGS\\n" >/etc/audit/auditd.conf',
      'echo "pool 2.amazon.pool.ntp.org iburst" >/etc/chrony.conf',
      stubs({
        rpm: '[ "${*: -1}" = telnet ]',
        dnf: '',
        systemctl: '',
        sshd: '',
        'ssh-keygen': '',
        sysctl: '',
        augenrules: '',
      }),
    ].join('\n');
    const [, first, before, second, after, audit, calls] = runIn(tree, [
      machine,
      harden,
      etc,
      harden,
      etc,
      'cat /etc/audit/rules.d/audit.rules /etc/audit/auditd.conf /etc/chrony.conf; stat -c "%a" /etc/ssh/sshd_config.d/00-hardening.conf',
      'cat /calls',
    ]);
    expect([first?.status, second?.status]).toEqual([0, 0]);
    expect(after?.out).toBe(before?.out);
    expect(audit?.out.split('\n').filter(Boolean)).toEqual([
      '-D',
      '# -a never,task',
      'max_log_file = 32',
      'num_logs = 8',
      'max_log_file_action = ROTATE',
      'pool 2.amazon.pool.ntp.org iburst',
      'sourcedir /etc/chrony.d',
      '600',
    ]);
    expect(calls?.out).toContain('dnf -y remove telnet\n');
  });
});

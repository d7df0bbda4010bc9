import { expect, test } from '@jest/globals';
import { provisionCommands } from '../../core/guest/command.ts';
import { inventoryIn } from '../../core/guest/inventory.ts';
import { describeGuests, runIn, stubs } from './tree.ts';

const sanitize = (allowFiles: string[] = []) => {
  const [command] = provisionCommands([], '20261123-030000-9f2c', { windows: false }, {}, allowFiles);
  return { command: command?.parameters['commands'] ?? [] };
};

const key = (kind = 'RSA ') => `-----BEGIN ${kind}PRIVATE KEY-----\nAAAA\n-----END ${kind}PRIVATE KEY-----\n`;
const secret = 'AAAAAAAAAABBBBBBBBBBCCCCCCCCCCDDDDDDDDDD';
const orchestration = '/var/lib/amazon/ssm/i-0123456789abcdef0/document/orchestration';

/** What sanitize removes by itself, with the text of each file. */
const removed: Record<string, string> = {
  '/etc/ssh/ssh_host_rsa_key': key(),
  '/etc/ssh/ssh_host_rsa_key.pub': 'ssh-rsa AAAA',
  '/etc/ssh/ssh_host_rsa_key-cert.pub': 'ssh-rsa-cert AAAA',
  ...Object.fromEntries(
    ['/root', '/home/ec2-user', '/var/lib/service'].flatMap((home) => [
      [`${home}/.ssh/authorized_keys`, 'ssh-rsa AAAA'],
      [`${home}/.ssh/id_ed25519`, key('OPENSSH ')],
      [`${home}/.ssh/known_hosts`, 'host ssh-rsa AAAA'],
      [`${home}/.aws/credentials`, `aws_secret_access_key = ${secret}`],
      [`${home}/.bash_history`, 'export TOKEN=x'],
      [`${home}/.python_history`, 'x'],
      [`${home}/.netrc`, 'machine x login y password z'],
      [`${home}/.git-credentials`, 'https://x:y@example.com'],
      [`${home}/.docker/config.json`, '{ "auths": { "x": { "auth": "AAAA" } } }'],
      [`${home}/.kube/config`, 'client-key-data: AAAA'],
      [`${home}/.npmrc`, '//registry.example.com/:_authToken=x'],
      [`${home}/.pgpass`, 'x:y'],
      [`${home}/.vault-token`, 'x'],
    ]),
  ),
  '/root/.cache/pip/x': 'x',
  '/tmp/.hidden': 'x',
  '/var/tmp/.hidden/x': 'x',
  '/var/cache/dnf/x': 'x',
  '/var/lib/apt/lists/x_Packages': 'x',
  '/var/lib/NetworkManager/secret_key': 'x',
  '/var/lib/cloud/instances/i-1/user-data.txt': 'x',
  '/var/lib/systemd/random-seed': 'x',
  '/var/lib/systemd/credential.secret': 'x',
  '/var/lib/systemd/timers/stamp-x.timer': 'x',
  '/var/log/journal/0123/system.journal': 'x',
  '/var/log/syslog.1': 'x',
  '/etc/pki/consumer/key.pem': key(),
  '/etc/zypp/credentials.d/SCCcredentials': 'password=x',
  [`${orchestration}/earlier/awsrunShellScript/0.awsrunShellScript/_script.sh`]: 'x',
};
/** Findings that only the author of the recipe can judge. */
const refused: Record<string, string> = {
  '/opt/app/tls/server.key': key(''),
  '/opt/app/tls/a b.pem': `-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n${key('EC ')}`,
  '/etc/app/signing.asc': '-----BEGIN PGP PRIVATE KEY BLOCK-----\nAAAA\n',
  '/etc/apt/auth.conf.d/90x.conf': 'machine x login y password z',
  '/etc/kubernetes/admin.conf': '    client-key-data: AAAA',
  '/opt/app/.aws/credentials': 'x',
  '/opt/app/.netrc': 'x',
  '/opt/app/deploy/id_rsa': 'x',
  '/opt/app/.env': `AWS_SECRET_ACCESS_KEY="${secret}"`,
  '/srv/ci/.docker/config.json': '{ "auths": { "x": { "auth": "AAAA" } } }',
  '/usr/local/etc/app.pem': key('ENCRYPTED '),
};
const kept: Record<string, string> = {
  '/etc/ssl/certs/own-ca.pem': '-----BEGIN CERTIFICATE-----\nAAAA\n',
  '/opt/app/server.py': 'header = "-----BEGIN PRIVATE KEY-----"\n',
  '/opt/allowed/tls/test.pem': key(),
  '/home/ec2-user/.aws/config': '[default]\nregion = eu-west-1\n',
  '/home/ec2-user/.npmrc': 'registry=https://registry.example.com',
  '/home/ec2-user/.docker/config.json': '{ "detachKeys": "ctrl-x" }',
  '/usr/lib/python3/dist-packages/tests/key.pem': key(),
  '/var/lib/docker/overlay2/x/key.pem': key(),
  '/root/.ssh/config': 'Host *',
};

const write = (files: Record<string, string>) =>
  Object.entries(files)
    .map(([path, text]) => `install -D -m 600 /dev/stdin '${path}' <<'TEXT'\n${text}\nTEXT`)
    .join('\n');
const listed = (files: Record<string, string>) =>
  Object.keys(files)
    .map((path) => `[ -e '${path}' ] && echo '${path}'`)
    .join('\n');
const lines = (text: string) => text.split('\n').filter(Boolean);
const { '/home/ec2-user/.npmrc': token, '/home/ec2-user/.docker/config.json': auth, ...removedElsewhere } = removed;

const machine = [
  'echo 0123456789abcdef0123456789abcdef >/etc/machine-id',
  'mkdir -p /var/lib/dbus; rm -f /var/lib/dbus/machine-id; cp /etc/machine-id /var/lib/dbus/machine-id',
  'mkdir -p /var/lib/service; echo service:x:990:990::/var/lib/service:/usr/sbin/nologin >>/etc/passwd',
  'mkdir -p /etc/iscsi; echo InitiatorName=iqn.x >/etc/iscsi/initiatorname.iscsi',
  'echo old >/var/log/messages',
  stubs({ journalctl: 'cat /etc/machine-id >>/calls', 'cloud-init': '', systemctl: '' }),
].join('\n');

describeGuests((tree) => {
  test('sanitize removes keys, credentials, traces and identity, and running it again is harmless', () => {
    const again = sanitize(['/opt/allowed/*']);
    const before = { ...kept, ...removedElsewhere };
    const [, first, left, own, files, second, third] = runIn(tree, [
      `${machine}\n${write(before)}`,
      again,
      listed(removedElsewhere),
      listed(kept),
      'wc -c </etc/machine-id; ls /var/lib/dbus/machine-id /var/log/journal 2>&1; cat /etc/iscsi/initiatorname.iscsi; wc -c </var/log/messages; cat /calls',
      again,
      again,
    ]);
    expect(first).toMatchObject({ status: 0, err: '' });
    expect(inventoryIn(first?.out ?? '')).toContainEqual({ name: 'bash', version: expect.stringMatching(/^\d/) });
    expect(lines(left?.out ?? '')).toEqual([]);
    expect(lines(own?.out ?? '')).toEqual(Object.keys(kept));
    const [id, , , initiator, log, ...calls] = lines(files?.out ?? '');
    expect({ id, initiator, log }).toEqual({
      id: '0',
      initiator: expect.stringMatching(/GenerateName=yes|No such/),
      log: '0',
    });
    // journalctl finds journals by the machine id
    expect(calls.filter((call) => call.startsWith('0123')).length).toBeGreaterThanOrEqual(3);
    expect([second, third]).toMatchObject([
      { status: 0, err: '' },
      { status: 0, err: '' },
    ]);
  });

  test('settings with a password or token go, the same settings without stay', () => {
    const settings = { '/home/ec2-user/.npmrc': token ?? '', '/home/ec2-user/.docker/config.json': auth ?? '' };
    const [, ran, left] = runIn(tree, [`${machine}\n${write(settings)}`, sanitize(), listed(settings)]);
    expect(ran).toMatchObject({ status: 0 });
    expect(left?.out).toBe('');
  });

  test('a file that looks like a credential fails the build with its path, unless the recipe allows it', () => {
    const allowed = Object.keys(refused).map((path) => path.replace(/[^/]*$/, '*'));
    const [, ran, left, permitted] = runIn(tree, [
      `${machine}\n${write(refused)}`,
      sanitize(),
      listed(refused),
      sanitize(allowed),
    ]);
    expect(ran?.status).toBe(1);
    const named = lines(ran?.err ?? '').flatMap(
      (line) => /^this file looks like a credential: (.*)/.exec(line)?.[1] ?? [],
    );
    expect(named.toSorted()).toEqual(Object.keys(refused).toSorted());
    expect(lines(left?.out ?? '')).toEqual(Object.keys(refused));
    expect(permitted).toMatchObject({ status: 0, err: '' });
  });

  test('an allowed file in a home is not removed either', () => {
    const path = '/home/ec2-user/.kube/config';
    const [, ran, left] = runIn(tree, [
      `${machine}\n${write({ [path]: 'client-key-data: AAAA' })}`,
      sanitize([path]),
      listed({ [path]: '' }),
    ]);
    expect(ran).toMatchObject({ status: 0 });
    expect(lines(left?.out ?? '')).toEqual([path]);
  });

  test('without the tools to look for credentials nothing is taken for clean', () => {
    const [, ran] = runIn(tree, [`${machine}\nmv "$(command -v xargs)" /root/`, sanitize()]);
    expect(ran).toMatchObject({ status: 1, err: expect.stringContaining('without xargs') });
  });

  test('a reboot step asks for the reboot once, and leaves no mark', () => {
    const [command] = provisionCommands([{ reboot: true, timeout: '15m' }], 'b', { windows: false }, {});
    const reboot = { command: command?.parameters['commands'] ?? [] };
    const [first, second, marks] = runIn(tree, [reboot, reboot, 'ls /var/lib | grep golden']);
    expect([first?.status, second?.status, marks?.out]).toEqual([194, 0, '']);
  });
});

import { afterAll, beforeEach, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { golden } from '../../../cli/golden.ts';
import { recordingTerminal } from '../recording-terminal.ts';

const root = mkdtempSync(join(tmpdir(), 'golden-translate-'));
afterAll(() => rmSync(root, { recursive: true }));
let folder = '';
beforeEach(() => void (folder = mkdtempSync(join(root, 'recipes-'))));

const packer = (name: string) => `test/cli/translate/packer/${name}.pkr.hcl`;
const imageBuilder = ['recipe.json', 'infrastructure.json', 'distribution.json', 'harden.yml'].map(
  (name) => `test/cli/translate/image-builder/${name}`,
);

const harden = readFileSync('test/cli/translate/image-builder/harden.yml', 'utf8');

/** Files that recipes name, beside them. */
function put(files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

async function translated(...args: string[]) {
  const { terminal, out, err } = recordingTerminal();
  const exitCode = await golden(['import', ...args, '--folder', folder], terminal);
  return { exitCode, out: out(), err: err() };
}
const recipe = (name: string) => parse(readFileSync(join(folder, `${name}.yaml`), 'utf8')) as Record<string, unknown>;

test('a template of Packer becomes a recipe that validates with the files it names, and each line is told', async () => {
  put({
    'scripts/install.sh': 'true\n',
    'scripts/harden.sh': 'true\n',
    'files/nginx.conf': 'x\n',
    'ansible/site.yml': '- hosts: localhost\n',
  });
  const { exitCode, out, err } = await translated(packer('web'));
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
  expect(recipe('web-server')).toEqual({
    name: 'web-server',
    description: 'nginx and our app 4.2.0',
    source: {
      filter: { name: 'ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-*' },
      owner: '099720109477',
    },
    builder: {
      instanceTypes: ['t3.medium'],
      instanceProfile: 'packer-builder',
      userData: '#cloud-config\npackage_update: true\n',
      rootVolume: { sizeGiB: 20, type: 'gp3', encrypted: true, kmsKey: 'alias/golden' },
      volumes: [{ device: '/dev/sdf', sizeGiB: 100, type: 'gp3', iops: 4000 }],
    },
    provision: [
      { run: 'cloud-init status --wait\napt-get update && apt-get -y upgrade\n', retry: { attempts: 3 } },
      { name: 'copy nginx.conf', files: { from: 'files/nginx.conf', to: '/tmp/nginx.conf' } },
      { name: 'install', script: 'scripts/install.sh', env: { APP_VERSION: '4.2.0', DEBUG: '1' }, timeout: '20m' },
      { name: 'harden', script: 'scripts/harden.sh', env: { APP_VERSION: '4.2.0', DEBUG: '1' }, timeout: '20m' },
      { ansible: { playbook: 'ansible/site.yml' } },
      { run: '# not translated: echo "build ${build.ID}"\ncat /etc/os-release\n' },
    ],
    image: { tags: { Team: 'web', Release: '4.2.0' } },
    distribute: ['home', 'eu-west-1', 'us-east-1'].map((region) => ({
      region,
      accounts: ['111122223333', '444455556666'],
      ...(region !== 'home' && { kmsKey: `alias/golden-${region.slice(0, 2)}` }),
    })),
    publish: { channel: 'stable' },
  });
  const lines = readFileSync(packer('web'), 'utf8').split('\n');
  for (const [line, what, says] of [
    ['ssh_timeout', '– ssh_timeout', 'through SSM'],
    ['snapshot_users', '✗ snapshot_users', 'accounts of a target may read the snapshots'],
    ['subnet_id', '✗ subnet_id', '${var.subnet} is known only to Packer'],
    ['provisioner "shell-local"', '✗ provisioner "shell-local"', 'it runs on your machine'],
    ['execute_command', '– execute_command', 'runs as root'],
  ] as const) {
    const number = lines.findIndex((text) => text.trim().startsWith(line)) + 1;
    expect(out).toMatch(new RegExp(`web\\.pkr\\.hcl:${number} +${what.replaceAll(/[[\]"]/g, '\\$&')}: `));
    expect(out).toContain(says);
  }
  const text = readFileSync(join(folder, 'web-server.yaml'), 'utf8');
  expect(text).toMatch(/^# yaml-language-server: .*\n# not translated: .*:15 variable "subnet": /);
  expect(text.match(/^# not translated: /gm)).toHaveLength(out.match(/ ✗ /g)?.length ?? 0);
});

test('a value that a file of variables gives is used', async () => {
  put({ 'values.pkrvars.hcl': 'subnet = "subnet-0123456789abcdef0"\napp_version = "5"\n' });
  await translated(packer('web'), join(folder, 'values.pkrvars.hcl'), '--name', 'mine');
  expect(recipe('mine')).toMatchObject({
    description: 'nginx and our app 5',
    builder: { subnets: ['subnet-0123456789abcdef0'] },
  });
});

test('Windows is translated, and what is missing is told', async () => {
  const { exitCode, out } = await translated(packer('windows'));
  expect(exitCode).toBe(1);
  expect(recipe('iis')).toMatchObject({
    source: { ami: 'ami-0123456789abcdef0', owner: 'self' },
    provision: [
      { powershell: 'Install-WindowsFeature -Name Web-Server\nSet-Service W3SVC -StartupType Automatic\n' },
      { reboot: true, timeout: '30m' },
      { name: 'harden', script: 'scripts/harden.ps1' },
    ],
    image: { imds: 'v2' },
    distribute: [{ region: 'home', allowPublic: true }],
  });
  expect(out).toContain('✗ source "azure-arm" "win"');
  expect(out).toMatch(/What is missing:\n.*provision\[2\]\.script: there is no scripts\/harden\.ps1/);
});

test('documents of EC2 Image Builder become one recipe, with components in the order of the recipe', async () => {
  const document = 'schemaVersion: 1.0\nphases: [{ name: build, steps: [{ name: a, action: UpdateOS }] }]\n';
  const parameter = 'parameters: [{ Port: { type: string } }]\n';
  put({
    'harden.yml': harden,
    'components/update-linux.yml': document,
    'components/nginx.yml': document + parameter,
    'components/ebs-volume-usage-test-linux.yml': document.replace('build', 'test'),
  });
  const { exitCode, out } = await translated(...imageBuilder, '--json');
  expect(exitCode).toBe(0);
  expect(recipe('base-linux')).toEqual({
    name: 'base-linux',
    description: 'Patched base',
    source: {
      parameter: '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64',
      owner: 'amazon',
    },
    builder: {
      instanceTypes: ['t3.small', 't3a.small'],
      subnets: ['subnet-0123456789abcdef0'],
      securityGroups: ['sg-0123456789abcdef0'],
      instanceProfile: 'EC2InstanceProfileForImageBuilder',
      rootVolume: { sizeGiB: 12, type: 'gp3', encrypted: true, kmsKey: 'alias/golden' },
    },
    provision: [
      { name: 'update-linux', component: { file: 'components/update-linux.yml' } },
      { name: 'harden', component: { file: 'harden.yml' } },
      { name: 'nginx', component: { file: 'components/nginx.yml', parameters: { Port: '8080' } } },
      { reboot: true },
    ],
    checks: [
      { name: 'harden', component: { file: 'harden.yml' } },
      { name: 'ebs-volume-usage-test-linux', component: { file: 'components/ebs-volume-usage-test-linux.yml' } },
    ],
    image: { imds: 'v2' },
    distribute: [
      { region: 'us-east-1', accounts: ['111122223333'] },
      {
        region: 'eu-west-1',
        organizations: ['arn:aws:organizations::111122223333:organization/o-exampleorgid'],
        kmsKey: 'alias/golden-eu',
      },
    ],
    publish: { channel: 'stable' },
  });
  const { status, recipes } = JSON.parse(out) as {
    status: string;
    recipes: { notes: { what: string }[]; missing: string[] }[];
  };
  expect({ status, missing: recipes.map(({ missing }) => missing) }).toEqual({ status: 'written', missing: [[]] });
  expect(recipes[0]?.notes).toContainEqual(
    expect.objectContaining({ line: 21, what: 'build, Fetch (S3Download)', result: 'not needed' }),
  );
  const arn = 'arn:aws:imagebuilder:us-east-1:aws:component/update-linux/x.x.x';
  expect(recipes[0]?.notes).toContainEqual({
    file: imageBuilder[0],
    what: arn,
    result: 'translated',
    says: `provision[0]; save its document in the folder of the recipe: aws imagebuilder get-component --component-build-version-arn ${arn} --query component.data --output text >components/update-linux.yml; golden validate then says whether its phases need a check, too`,
  });
  expect(recipes[0]?.notes.filter(({ what }) => /third-party|simple-boot/.test(what))).toMatchObject([
    { result: 'not translated', says: expect.stringContaining('AWS Marketplace') },
    { result: 'translated', says: expect.stringContaining('has booted') },
  ]);
});

test('a component without its document is missed, and an ARN is no file', async () => {
  const { exitCode, out } = await translated(...imageBuilder);
  expect(exitCode).toBe(1);
  expect(out).toMatch(/provision\[0\]\.component\.file: there is no components\/update-linux\.yml/);
  const arn = 'arn:aws:imagebuilder:us-east-1:aws:component/update-linux/x.x.x';
  const { err } = await translated(arn);
  expect(err).toContain(`aws imagebuilder get-component --component-build-version-arn ${arn}`);
});

test.each([
  {
    text: 'source "amazon-ebs" "x" {\n  ami_name =\n}\n',
    file: 'x.pkr.hcl',
    says: /x\.pkr\.hcl:2:3: is no HCL: ami_name =/,
  },
  { text: 'build {\n', file: 'x.pkr.hcl', says: /x\.pkr\.hcl:2:1: } is missing/ },
  { text: 'variable "x" {}\n', file: 'x.pkr.hcl', says: /has no source amazon-ebs/ },
  { text: '{"builders": []}', file: 'x.json', says: /packer hcl2_upgrade makes HCL/ },
  { text: '[', file: 'x.yaml', says: /is neither HCL of Packer/ },
])('$text in $file is refused, and nothing is written', async ({ text, file, says }) => {
  put({ [file]: text });
  const { exitCode, out, err } = await translated(join(folder, file));
  expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
  expect(err).toMatch(says);
  expect(readdirSync(folder)).toEqual([file]);
});

test('a name for several recipes, and a file that is neither a template nor a disk, are refused', async () => {
  const source = (name: string) => `source "amazon-ebs" "${name}" {\n ami_name = "${name}"\n}\n`;
  put({ 'two.pkr.hcl': source('web') + source('web2') });
  const two = await translated(join(folder, 'two.pkr.hcl'), '--name', 'web');
  expect(two).toEqual({ exitCode: 2, out: '', err: '--name: is for one recipe, and these files make web, web2\n' });
  const says = 'README.md is no file of Packer (*.pkr.hcl) or EC2 Image Builder, and no disk (s3://…)';
  expect((await translated('README.md')).err).toContain(says);
  expect((await translated(join(folder, 'two.pkr.hcl'), 'README.md')).err).toContain(says);
  expect(readdirSync(folder)).toEqual(['two.pkr.hcl']);
});

test('a recipe that is there is overwritten only with --force', async () => {
  put({ 'iis.yaml': 'mine\n' });
  const { exitCode, err } = await translated(packer('windows'));
  expect(exitCode).toBe(2);
  expect(err).toContain('iis.yaml: is already there');
  expect(readFileSync(join(folder, 'iis.yaml'), 'utf8')).toBe('mine\n');
  expect((await translated(packer('windows'), '--force')).exitCode).toBe(1);
  expect(recipe('iis')).toMatchObject({ name: 'iis' });
});

test('a component with parts that are no steps runs as it is, which is told first', async () => {
  const own = harden.replace('phases:', 'parameters: [{ Port: { type: string, default: "1" } }]\nphases:');
  put({ 'harden.yml': own });
  const { exitCode, out } = await translated(join(folder, 'harden.yml'));
  expect(exitCode).toBe(1); // a component names no source
  expect(out.split('\n')[1]).toMatch(
    /harden\.yml:1 +✓ the whole component: provision\[0\] and checks\[0\]: AWSTOE runs it as it is, because .* would lose parameters, build, Fetch \(S3Download\), build, Each/,
  );
  expect(out).toMatch(/harden\.yml:4 +– parameters: the component has it/);
  expect(recipe('harden')).toMatchObject({ provision: [{ component: { file: 'harden.yml' } }] });
});

test('a component whose parts all are steps becomes these, each with its line', async () => {
  put({ 'harden.yml': harden.replace(/ {6}- name: Fetch[^]*?(?= {2}- name: validate)/, '') });
  const { out } = await translated(join(folder, 'harden.yml'));
  expect(recipe('harden')).toMatchObject({
    provision: [
      {
        name: 'Packages',
        run: 'dnf -y upgrade --releasever=latest\ndnf -y install audit\n',
        retry: { attempts: 3 },
        timeout: '900s',
      },
      { name: 'Optional', run: 'systemctl disable --now rpcbind\n', onFailure: 'continue' },
      { name: 'Restart', reboot: true },
    ],
    checks: [
      { name: 'AuditRuns', run: 'systemctl is-active auditd\n' },
      { name: 'SshTakesNoRoot', run: "sshd -T | grep -x 'permitrootlogin no'\n" },
    ],
  });
  expect(out).toMatch(/harden\.yml:19 +✓ build, Restart \(Reboot\): provision\[2\]/);
});

import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { fromPacker } from '../../../cli/translate/packer.ts';

const translate = async (text: string) => {
  const { recipes } = await fromPacker([{ file: 'x.pkr.hcl', text }]);
  return recipes.map(({ draft, notes }) => ({
    draft,
    notes,
    left: notes.filter(({ result }) => result === 'not translated').map(({ what }) => what),
  }));
};
const one = async (text: string) => {
  const [first] = await translate(text);
  if (!first) throw new Error('no recipe');
  return first;
};
const fixture = (name: string) => one(readFileSync(`test/cli/translate/packer/${name}.pkr.hcl`, 'utf8'));
const building = (provisioners: string, source = '') =>
  one(
    `source "amazon-ebs" "x" {\n region = "eu-west-1"\n${source}\n}\nbuild {\n sources = ["amazon-ebs.x"]\n${provisioners}\n}`,
  );

test('a template with data sources, network filters, a reboot and Ansible', async () => {
  const { draft, left } = await fixture('al2023');
  expect(draft).toMatchObject({
    source: { filter: { name: 'al2023-ami-2023.*-x86_64', architecture: 'x86_64' }, owner: 'amazon' },
    builder: {
      network: { vpc: { Name: 'build' }, subnets: { Class: 'build' } },
      publicIp: false,
      imds: { hopLimit: 2 },
      rootVolume: { encrypted: true },
    },
    image: { imds: 'v2', tags: { Owner: 'platform' } },
    sharing: {},
  });
  expect([...draft.regions.keys()]).toEqual(['home', 'eu-west-1']);
  expect(draft.provision.slice(1, 4)).toEqual([
    { reboot: true },
    { run: 'uptime\n' },
    { ansible: { playbook: 'ansible/playbook.yml', requirements: 'ansible/requirements.yml' } },
  ]);
  expect(JSON.stringify(draft)).not.toContain('changeme');
  expect(left).toEqual([
    'variable "db_password"',
    'data "amazon-secretsmanager" "token"',
    'deregistration_protection',
    'dynamic "launch_block_device_mappings"',
    'roles_path',
    'extra_arguments',
    'ansible_env_vars',
    'inline',
    'post-processor "shell-local"',
  ]);
});

test('a template of Windows with updates, and with the Sysprep that the pipeline runs itself', async () => {
  const { draft, left } = await fixture('updates');
  expect(draft.source).toEqual({
    filter: { name: 'Windows_Server-2022-English-Full-Base-*' },
    owner: '801119661308',
  });
  expect(draft.provision.map((step) => step['script'] ?? step['document'] ?? step['files'] ?? step)).toEqual([
    'scripts/install-iis.ps1',
    { reboot: true, timeout: '15m' },
    'AWS-InstallWindowsUpdates',
    { name: 'finish updates', reboot: true, timeout: '45m' },
    { from: 'files/app.config', to: 'C:/ProgramData/app/app.config' },
  ]);
  expect(left).toEqual(
    expect.arrayContaining(['environment', 'valid_exit_codes', 'search_criteria', 'filters', 'update_limit']),
  );
  expect(left.filter((what) => what.includes('ec2launch'))).toHaveLength(2);
});

test('a template with sets, several files and blocks that Packer makes of a map', async () => {
  const { draft, left, notes } = await fixture('ubuntu');
  expect([...draft.regions.keys()]).toEqual(['home', 'us-west-2']);
  expect(draft.builder).toEqual({ instanceTypes: ['t3.medium', 't3a.medium'], spot: true });
  expect(draft.provision).toEqual([
    { name: 'copy daemon.json', files: { from: 'files/daemon.json', to: '/tmp/' } },
    { name: 'copy motd', files: { from: 'files/motd', to: '/tmp/' } },
    expect.objectContaining({ script: 'scripts/base.sh' }),
    expect.objectContaining({ script: 'scripts/docker.sh' }),
    { run: 'sudo mv /tmp/daemon.json /etc/docker/daemon.json\nsudo systemctl restart docker\n' },
    { reboot: true },
  ]);
  expect(left).toEqual(expect.arrayContaining(['dynamic "source"', 'local "secret"', 'pause_after', 'source']));
  expect(notes).toContainEqual(expect.objectContaining({ what: 'kms_key_id', result: 'not needed' }));
});

test.each(['shell', 'powershell', 'windows-restart', 'windows-update', 'file', 'ansible', 'ansible-local'])(
  'an attribute of %s that nothing says is told',
  async (kind) => {
    const { left } = await building(`provisioner "${kind}" {\n destination = "/x"\n wonder = 1\n}`);
    expect(left).toContain('wonder');
  },
);

test.each([
  ['"sudo reboot"', [{ reboot: true }]],
  ['"apt-get -y upgrade && sudo shutdown -r now"', [{ run: 'apt-get -y upgrade\n' }, { reboot: true }]],
  ['"a", "systemctl reboot &", "sleep 60"', [{ run: 'a\n' }, { reboot: true }]],
  ['"echo reboot later"', [{ run: 'echo reboot later\n' }]],
  ['"touch /var/run/reboot-required"', [{ run: 'touch /var/run/reboot-required\n' }]],
  ['"sudo reboot", "echo never"', [{ run: 'sudo reboot\necho never\n' }]],
])('commands that end in a reboot: %s', async (lines, steps) => {
  const { draft } = await building(`provisioner "shell" {\n inline = [${lines}]\n}`);
  expect(draft.provision).toEqual(steps);
});

test('only and except say for which sources a provisioner is', async () => {
  const source = (name: string) => `source "amazon-ebs" "${name}" {\n ami_name = "app"\n}\n`;
  const step = (more: string) => `provisioner "shell" {\n inline = ["${more.slice(0, 6)}"]\n ${more}\n}\n`;
  const recipes = await translate(
    `${source('a')}${source('b')}build {\n sources = ["amazon-ebs.a", "source.amazon-ebs.b"]\n${step('only = ["amazon-ebs.a"]')}${step('except = ["amazon-ebs.a"]')}}`,
  );
  expect(recipes.map(({ draft: { name, provision } }) => [name, provision])).toEqual([
    ['app-a', [{ run: 'only =\n' }]],
    ['app-b', [{ run: 'except\n' }]],
  ]);
});

const template = (release: string) => `
variable "release" {
  default = "${release}"
}
variable "db_password" {
  sensitive = true
  default   = "changeme"
}
variable "open" {}
locals {
  ts   = timestamp()
  name = "web-\${var.release}"
  url  = "db://app:\${var.db_password}@db"
}
source "amazon-ebs" "server" {
  ami_name = "\${local.name}-\${local.ts}"
}
build {
  sources = ["amazon-ebs.server"]
  provisioner "shell" {
    environment_vars = ["RELEASE=\${var.release}", "DB=\${var.db_password}", "URL=\${local.url}", "OPEN=\${var.open}"]
    inline           = ["echo \${local.ts}", "login \${var.db_password}", "echo $\${HOME}"]
  }
}`;

test('secrets and unknown values stay out of the recipe, and a note says what to write', async () => {
  const { draft, notes } = await one(template('2.4.1'));
  expect(draft.provision).toEqual([
    {
      env: { RELEASE: '2.4.1' },
      run: '# not translated: echo ${timestamp()}\n# not translated: login ${var.db_password}\necho ${HOME}\n',
    },
  ]);
  const says = notes.filter(({ what }) => /^(environment|inline)$/.test(what)).map((note) => note.says);
  expect(says).toEqual([
    expect.stringMatching(/^DB=.* is secret .* secrets: \{ DB: … \}/),
    expect.stringMatching(/^URL=.* is secret .* secrets: \{ URL: … \}/),
    expect.stringMatching(/^OPEN=.* a value that only Packer knows.*parameters\.name/),
    expect.stringMatching(/timestamp\(\).* only Packer knows/),
    expect.stringMatching(/^login .* is secret .* secrets: \{ NAME: … \}/),
  ]);
});

test.each(['2.4.1', '3.0.0'])(
  'the name of a recipe has no value of a variable, so that %s is of the same recipe',
  async (release) => {
    const { draft } = await one(template(release));
    expect(draft.name).toBe('web');
  },
);

test.each([
  ['var.release', 'server'],
  ['lower("web-${var.release}-x")', 'server'],
  ['"${local.name}-{{timestamp}}-arm"', 'web-arm'],
])('an ami_name %s gives the name %s', async (name, expected) => {
  const { draft } = await one(template('1').replace('"${local.name}-${local.ts}"', name));
  expect(draft.name).toBe(expected);
});

test('only and except that were applied are told so', async () => {
  const { notes } = await building(
    'provisioner "shell" {\n inline = ["true"]\n only = ["amazon-ebs.x"]\n}\nprovisioner "shell" {\n inline = ["true"]\n except = ["amazon-ebs.y"]\n}',
  );
  expect(notes.filter(({ what }) => /only|except/.test(what)).map(({ says }) => says)).toEqual([
    'applied: this source is in it',
    'applied: this source is not in it',
  ]);
});

test.each([
  ['/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id', '099720109477'],
  ['/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64', 'amazon'],
  ['/images/base', 'self'],
])('a source that the parameter %s holds', async (name, owner) => {
  const { draft } = await one(
    `data "amazon-parameterstore" "p" {\n name = "${name}"\n}\nsource "amazon-ebs" "x" {\n source_ami = data.amazon-parameterstore.p.value\n}`,
  );
  expect(draft.source).toEqual({ parameter: name, owner });
});

test.each([
  ['ami_users = []', {}],
  ['encrypt_boot = var.unknown', {}],
  ['encrypt_boot = true', { rootVolume: { encrypted: true } }],
  ['kms_key_id = var.unknown', {}],
  ['launch_block_device_mappings {\n device_name = "/dev/sdb"\n volume_size = var.unknown\n}', {}],
  [
    'security_group_filter {\n filters = {\n "tag:Use" = "build"\n }\n}',
    { network: { securityGroups: { Use: 'build' } } },
  ],
  ['subnet_filter {\n filters = {\n "availability-zone" = "eu-west-1a"\n }\n}', {}],
])('%s becomes %j, and no half of it', async (line, builder) => {
  const { draft, left } = await building('', line);
  expect(draft.builder).toEqual(builder);
  expect(left.length > 0 || Object.keys(builder).length > 0 || line.includes('[]')).toBe(true);
});

test('values are looked up in maps and lists, and functions put them together', async () => {
  const { draft } = await one(
    `variable "sizes" {\n default = { small = "t3.small", other = ["m5.large"] }\n}\nlocals {\n tags = { a = "1" }\n}\nsource "amazon-ebs" "x" {\n instance_type = var.sizes.small\n spot_instance_types = concat(var.sizes["other"], ["c5.large"])\n tags = merge(local.tags, { b = upper("x") })\n}`,
  );
  expect(draft.builder).toMatchObject({ instanceTypes: ['m5.large', 'c5.large'] });
  expect(draft.image).toEqual({ tags: { a: '1', b: 'X' } });
});

test('values that refer to each other, and names that every object has, are told', async () => {
  const circle = 'locals {\n a = local.b\n b = "${local.a}"\n}\n';
  const { draft, left } = await one(
    `${circle}source "amazon-ebs" "x" {\n ami_description = local.a\n instance_type = local.a.constructor\n constructor = 1\n}\nbuild {\n sources = ["amazon-ebs.x"]\n provisioner "toString" {}\n provisioner "shell" {\n inline = ["true"]\n timeout = local.b\n max_retries = var.tries\n constructor = 1\n }\n}`,
  );
  expect(draft).toMatchObject({ builder: {}, provision: [{ run: 'true\n' }] });
  expect(left).toEqual([
    'ami_description',
    'instance_type',
    'constructor',
    'provisioner "toString"',
    'timeout',
    'max_retries',
    'constructor',
  ]);
});

import type { Schema } from './editor-schema.ts';

// Examples of the values of a recipe, which editors show beside a key's description. A key is named by its path, or by its name
// alone if its values are the same everywhere. Keys that are true, false or one of some words need no row.
export const recipeExamples: Record<string, unknown[]> = {
  // by name
  iops: [4000],
  throughput: [250],
  sizeGiB: [8, 50],
  kmsKey: ['alias/golden', 'arn:aws:kms:us-east-1:111122223333:key/01234567-89ab-cdef-0123-456789abcdef'],
  device: ['/dev/sdf'],
  timeout: ['30m', '2h'],
  run: ['dnf -y upgrade'],
  script: ['scripts/harden.sh', 'scripts/harden.ps1'],
  powershell: ['Install-WindowsFeature -Name Web-Server'],
  env: [{ APP_VERSION: '1.2.3' }],
  'provision[].secrets': [{ NPM_TOKEN: '/builders/npm-token', DATABASE: 'secret:prod/database:password' }],
  if: [{ platform: 'linux' }, { architecture: 'arm64' }],
  workingDirectory: ['/opt/app', 'C:\\app'],
  user: ['ec2-user'],
  accounts: [['111122223333']],
  tags: [{ team: 'platform' }],
  completeWithin: ['30m', '1h'],
  holdFor: ['30m', '2h'],

  component: [{ file: 'components/harden.yml' }],

  // the recipe
  extends: ['bases/linux.yaml'],
  name: ['al2023-base'],
  description: ['Amazon Linux 2023, patched and hardened'],
  'parameters.*.description': ['Version of the application'],
  'parameters.*.default': ['1.2.3', 20, ['t3.small', 't3a.small']],
  'parameters.*.example': ['1.2.3'],
  'parameters.*.pattern': [String.raw`\d+\.\d+\.\d+`],
  'parameters.*.allowed': [['stable', 'edge']],
  parameters: [{ version: { type: 'string', default: '1.2.3', description: 'Version of the application' } }],
  source: [
    { parameter: '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64', owner: 'amazon' },
    { channel: 'al2023-base/stable' },
  ],
  'source.parameter': [
    '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64',
    '/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id',
    '/aws/service/ami-windows-latest/Windows_Server-2025-English-Full-Base',
  ],
  'source.filter': [{ name: 'RHEL-10.*_HVM-*-x86_64-*-Hourly2-GP3', architecture: 'x86_64' }],
  'source.filter.name': ['RHEL-10.*_HVM-*-x86_64-*-Hourly2-GP3'],
  'source.ami': ['ami-0123456789abcdef0'],
  'source.channel': ['al2023-base/stable'],
  'source.disk': [{ architecture: 'x86_64' }],
  'source.disk.snapshot': ['snap-0123456789abcdef0'],
  'source.disk.file': ['s3://disks/web.vmdk'],
  'source.disk.importRole': ['vmimport'],
  'source.disk.rootDevice': ['/dev/xvda', '/dev/sda1'],
  'source.owner': ['amazon', 'self', '099720109477'],

  variants: [{ x86_64: {}, arm64: { builder: { instanceTypes: ['t4g.small'] } } }],

  // the builder
  builder: [{ instanceTypes: ['t3.small', 't3a.small'] }],
  'builder.instanceTypes': [['t3.small', 't3a.small'], ['t4g.small']],
  'builder.subnets': [['subnet-0123456789abcdef0']],
  'builder.securityGroups': [['sg-0123456789abcdef0']],
  'builder.instanceProfile': ['golden-image-builder'],
  'builder.candidateKeyPair': ['admin'],
  'builder.userData': ['#!/bin/bash\necho proxy=http://proxy:3128 >>/etc/dnf/dnf.conf\n'],
  'builder.userDataFile': ['scripts/first-boot.sh'],
  'builder.spotMaxPrice': ['0.05'],
  'builder.network': [{ vpc: { Name: 'build' }, subnets: { tier: 'private' } }],
  'builder.network.vpc': [{ Name: 'build' }],
  'builder.network.subnets': [{ tier: 'private' }],
  'builder.network.securityGroups': [{ Name: 'build' }],
  'builder.rootVolume': [{ sizeGiB: 8, encrypted: true, kmsKey: 'alias/golden' }],
  'builder.disk': [{ iops: 8000, throughput: 500 }],
  'builder.volumes': [[{ device: '/dev/sdf', name: 'data', sizeGiB: 50 }]],
  'builder.volumes[].name': ['data'],

  'builder.hostId': ['h-0123456789abcdef0'],
  'builder.hostResourceGroup': ['arn:aws:resource-groups:us-east-1:111122223333:group/hosts'],
  'builder.placementGroup': ['build'],
  'builder.licenses': [
    ['arn:aws:license-manager:us-east-1:111122223333:license-configuration:lic-0123456789abcdef0123456789abcdef'],
  ],
  'builder.imds': [{ hopLimit: 1 }],
  'builder.imds.hopLimit': [1],

  // steps and checks
  provision: [[{ name: 'patch', run: 'dnf -y upgrade' }, { reboot: true }]],
  'provision[].name': ['patch'],
  'provision[].files': [{ from: 'files/app', to: '/opt/app' }],
  'provision[].files.from': ['files/app.conf', 'files/app'],
  'provision[].files.to': ['/etc/app/app.conf', 'C:\\app'],
  'provision[].files.owner': ['root:root'],
  'provision[].files.mode': ['0644'],
  'provision[].document': ['AWS-ConfigureAWSPackage', 'AWS-InstallWindowsUpdates'],
  'provision[].retry': [{ attempts: 3, delay: '30s' }],
  'provision[].retry.attempts': [3],
  'provision[].retry.delay': ['30s'],
  'provision[].ansible': [{ playbook: 'ansible/site.yaml' }],
  'provision[].ansible.playbook': ['ansible/site.yaml'],
  'provision[].ansible.requirements': ['ansible/requirements.yaml'],
  'provision[].ansible.extraVars': [{ app_version: '1.2.3' }],
  'provision[].ansible.version': ['2.17.5'],
  'provision[].version': ['1', '$LATEST'],
  'provision[].parameters': [{ action: ['Install'], name: ['AmazonCloudWatchAgent'] }],
  checks: [[{ name: 'nothing failed', run: 'systemctl is-system-running --wait' }]],
  'checks[].name': ['nginx answers'],
  'checks[].run': ['systemctl is-active nginx'],
  'checks[].script': ['scripts/smoke.sh', 'scripts/smoke.ps1'],
  'checks[].powershell': ["if ((Get-Service W3SVC).Status -ne 'Running') { exit 1 }"],
  'checks[].env': [{ PORT: '8080' }],
  'checks[].timeout': ['5m'],

  'provision[].component.file': ['components/harden.yml'],
  'provision[].component.parameters': [{ version: '1.2.3' }],
  'checks[].component.file': ['components/harden.yml'],
  'checks[].component.parameters': [{ version: '1.2.3' }],

  // the image
  image: [{ imds: 'v2', tags: { team: 'platform' } }],
  'image.allowFiles': [['/etc/myapp/*.pem']],
  'image.timeout': ['24h'],
  'image.rootVolume': [{ deleteOnTermination: true }],
  'image.volumes': [[{ device: '/dev/sdf', drop: true }]],
  'image.volumes[].ephemeral': [0],

  // targets
  distribute: [[{ region: 'home', accounts: ['111122223333'] }, { region: 'eu-west-1' }]],
  'distribute[].region': ['home', 'eu-west-1'],
  'distribute[].id': ['vault'],
  'distribute[].name': ['{recipe}-{build}'],
  'distribute[].organizations': [['arn:aws:organizations::111122223333:organization/o-exampleorgid']],
  'distribute[].organizationalUnits': [['arn:aws:organizations::111122223333:ou/o-exampleorgid/ou-ab12-cdefgh34']],
  'distribute[].launchTemplate': [{ name: 'web', setDefault: true }],
  'distribute[].launchTemplate.id': ['lt-0123456789abcdef0'],
  'distribute[].launchTemplate.name': ['web'],
  'distribute[].copyTo': [[{ account: '111122223333' }]],
  'distribute[].copyTo[].account': ['111122223333'],
  'distribute[].copyTo[].role': ['golden-copy-target'],
  'distribute[].copyTo[].externalId': ['hub-4711'],
  'distribute[].timeout': ['48h'],

  // what becomes of the image
  publish: [{ channel: 'stable' }],
  'publish.channel': ['stable'],
  triggers: [{ schedule: 'cron(0 3 ? * SUN *)', onSourceUpdate: true }],
  'triggers.schedule': ['cron(0 3 ? * SUN *)', 'rate(7 days)'],
  'triggers.timezone': ['Europe/Berlin'],
  'triggers.flexibleWindow': ['15m'],
  'triggers.parameters': [{ version: '1.2.3' }],
  'triggers.rebuildAfter': ['30d'],
  retire: [{ keep: 3, deprecateAfter: '30d', disableAfter: '60d', deregisterAfter: '90d' }],
  'retire.keep': [3],
  'retire.deprecateAfter': ['30d'],
  'retire.disableAfter': ['60d'],
  'retire.deregisterAfter': ['90d'],
};

/** A schema with the examples of every key that is not true, false or one of some words. */
export function withExamples(schema: Schema, path = ''): Schema {
  const { properties, items, additionalProperties: others } = schema;
  const isWord = schema.type === 'boolean' || schema.enum !== undefined || schema.const !== undefined;
  const examples = recipeExamples[path] ?? (isWord ? undefined : recipeExamples[path.split('.').at(-1) ?? '']);
  const inner = ([key, value]: [string, unknown]) => [
    key,
    withExamples(value as Schema, path ? `${path}.${key}` : key),
  ];
  return {
    ...schema,
    ...(examples && { examples }),
    ...(properties && { properties: Object.fromEntries(Object.entries(properties).map(inner)) }),
    ...(typeof others === 'object' && { additionalProperties: withExamples(others as Schema, `${path}.*`) }),
    ...(items && !Array.isArray(items) && { items: withExamples(items as Schema, `${path}[]`) }),
  } as Schema;
}

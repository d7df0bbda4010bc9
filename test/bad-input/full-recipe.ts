import { carriedKey, carriedText } from '../../core/recipe/steps/carried.ts';

/** A component document of EC2 Image Builder. */
export const agentComponent = {
  schemaVersion: 1.0,
  parameters: [{ Version: { type: 'string' } }],
  phases: ['build', 'test'].map((name) => ({
    name,
    steps: [{ name: 'only', action: 'ExecuteBash', inputs: { commands: ['echo {{ Version }}'] } }],
  })),
};

/** A right recipe that uses every key there is: what each case spoils at one place. */
export const full = {
  name: 'base',
  description: 'a base image of ${{ parameters.release }}, ${{ parameters.kind }}, ${{ parameters.size }}',
  parameters: {
    release: { type: 'string', description: 'the release to install', default: '1.2', pattern: '[0-9.]+' },
    kind: { example: 'small-1', allowed: ['small-1', 'large-1'], default: 'small-1' },
    size: { type: 'number', default: 20, allowed: [20, 40] },
  },
  source: {
    filter: { name: 'al2023-ami-2023.*-x86_64', architecture: 'x86_64' },
    owner: 'amazon',
  },
  builder: {
    instanceTypes: ['t3.small', 't3a.small'],
    network: { vpc: { Name: 'build' }, subnets: { tier: 'private' } },
    securityGroups: ['sg-0123456789abcdef0'],
    publicIp: false,
    instanceProfile: 'golden-image-builder',
    candidateKeyPair: 'admin',
    spot: true,
    spotMaxPrice: '0.05',
    tags: { purpose: 'images' },
    imds: { hopLimit: 3, tags: true, ipv6: false },
    tenancy: 'dedicated',
    placementGroup: 'builders',
    licenses: [
      'arn:aws:license-manager:us-east-1:111122223333:license-configuration:lic-0123456789abcdef0123456789abcdef',
    ],
    userData: '#cloud-config\npackages: [jq]\n',
    rootVolume: { sizeGiB: 8, type: 'gp3', encrypted: true, kmsKey: 'alias/golden', iops: 3000, throughput: 125 },
    disk: { iops: 4000, throughput: 250 },
    volumes: [
      {
        device: '/dev/sdf',
        name: 'data',
        sizeGiB: 20,
        type: 'io2',
        iops: 4000,
        encrypted: true,
        kmsKey: 'alias/golden',
      },
    ],
  },
  env: { HTTPS_PROXY: 'http://proxy.example.com:3128' },
  provision: [
    {
      name: 'patch',
      run: 'dnf -y upgrade',
      env: { LANG: 'C.UTF-8' },
      secrets: { TOKEN: '/builders/token', DATABASE: 'secret:prod/db:password:AWSPREVIOUS:' },
      workingDirectory: '/opt/app',
      user: 'app',
      if: { platform: 'linux', architecture: 'x86_64' },
      retry: { attempts: 3, delay: '1m' },
      onFailure: 'continue',
      timeout: '20m',
    },
    { name: 'harden', script: 'scripts/harden.sh' },
    { name: 'agent', document: 'AWS-ConfigureAWSPackage', version: '1', parameters: { action: ['Install'] } },
    { name: 'config', files: { from: 'files/app', to: '/etc/app', owner: 'root:adm', mode: '0640' } },
    {
      name: 'play',
      ansible: {
        playbook: 'ansible/site.yml',
        requirements: 'ansible/requirements.yml',
        version: '2.17.5',
        extraVars: {},
      },
    },
    { name: 'played', ansible: { playbook: 'ansible/site.yml', installed: true } },
    { name: 'agent of components', component: { file: 'components/agent.yml', parameters: { Version: '1.2' } } },
    { name: 'restart', reboot: true },
  ],
  checks: [
    {
      name: 'up',
      run: 'true ${{ parameters.release }} ${{ parameters.kind }} ${{ parameters.size }}',
      timeout: '5m',
    },
    { name: 'component', component: { file: 'components/agent.yml', parameters: { Version: '1.2' } } },
  ],
  image: {
    capture: 'running',
    register: true,
    allowFiles: ['/etc/app/*.pem'],
    rootVolume: { iops: 3000, throughput: 125, deleteOnTermination: true },
    volumes: [
      { device: '/dev/sdf', drop: true },
      { device: '/dev/sdb', ephemeral: 0 },
    ],
    imds: 'v2',
    tags: { team: 'platform' },
  },
  distribute: [
    {
      region: 'us-east-1',
      accounts: ['111122223333'],
      required: true,
      launchTemplate: { id: 'lt-0123456789abcdef0', setDefault: true },
    },
    {
      region: 'eu-west-1',
      id: 'sealed',
      launchTemplate: { name: 'web' },
      name: 'sealed-{recipe}-{build}',
      tags: { confidential: 'yes' },
      kmsKey: 'alias/golden-eu',
      allowPublic: false,
      completeWithin: '30m',
      copyTo: [
        {
          account: '444455556666',
          role: 'golden-copy-target-eu',
          externalId: 'golden-42',
          kmsKey: 'alias/theirs',
          accounts: ['777788889999'],
          publish: true,
        },
      ],
      accounts: [],
      organizations: ['arn:aws:organizations::111122223333:organization/o-exampleorgid'],
      organizationalUnits: ['arn:aws:organizations::111122223333:ou/o-exampleorgid/ou-ab12-cdefgh34'],
    },
  ],
  copies: 'after-checks',
  completeWithin: '1h',
  onFailure: 'hold',
  holdFor: '30m',
  publish: { channel: 'stable', watermark: true },
  triggers: {
    schedule: 'cron(0 3 ? * SUN *)',
    timezone: 'UTC',
    flexibleWindow: '30m',
    onSourceUpdate: true,
    rebuildAfter: '14d',
    parameters: { release: '1.1', size: 40 },
  },
};

/** The text of its script, and the archive of its files. */
export const scripts = {
  'scripts/harden.sh': 'true\n',
  [carriedKey('ansible')]: carriedText({ sha256: 'cd'.repeat(32), bytes: 2048, folder: true }),
  [carriedKey('components/agent.yml')]: carriedText({
    sha256: 'ef'.repeat(32),
    bytes: 2048,
    folder: false,
    component: agentComponent,
  }),
  [carriedKey('files/app')]: carriedText({ sha256: 'ab'.repeat(32), bytes: 2048, folder: true }),
};

/** The same with variants, which are no part of a recipe that is built. Two variants share no launch template. */
export const fullVaried = {
  ...full,
  distribute: [{ region: 'us-east-1' }, { region: 'eu-west-1' }],
  variants: { small: {}, large: { builder: { instanceTypes: ['t3.large'] } } },
};

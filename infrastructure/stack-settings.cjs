// The settings of a deployment (docs/deploy.md has a table of them): the allowed values of `--param="name=value"`, and what
// follows from them. settings.cjs passes settings on to the functions.
const noValue = { Ref: 'AWS::NoValue' };

const defaultService = 'golden-image';

const off = (text) => text === undefined || text === '' || String(text) === 'off';
const listOf = (text) =>
  off(text)
    ? []
    : String(text)
        .split(',')
        .map((one) => one.trim());

/** Parameter → its form, and the words of a message for the form. A list is given with commas. */
const forms = {
  builderRole: [/^[\w+=,.@-]{1,64}$/, 'be a name of at most 64 letters, digits and +=,.@-_'],
  channelRoot: [
    /^(?!\/(aws|ssm)(\/|$))(\/[\w.-]+){1,5}$/i,
    'be a path such as /golden that does not begin with /aws or /ssm',
  ],
  kmsKey: [/^arn:aws[\w-]*:kms:[\w-]+:\d{12}:key\/[\w-]+$/, 'be the ARN of a KMS key, not of an alias'],
  permissionsBoundary: [/^arn:aws[\w-]*:iam::(\d{12}|aws):policy\/[\w+=,.@/-]+$/, 'be the ARN of an IAM policy'],
  vpcId: [/^vpc-[0-9a-f]{8,17}$/, 'be an id such as vpc-0123456789abcdef0'],
  subnets: [/^subnet-[0-9a-f]{8,17}$/, 'be ids such as subnet-0123456789abcdef0, with commas between them'],
  securityGroups: [/^sg-[0-9a-f]{8,17}$/, 'be ids such as sg-0123456789abcdef0, with commas between them'],
  builderSecrets: [
    /^(\/[\w.*?-]+)+$|^secret:[\w/+=.@*?-]+$/,
    'be parameter names such as /builders/* and names of Secrets Manager such as secret:builders/*, with commas between them',
  ],
  commandOutputDays: [/^[1-9]\d{0,4}$/, 'be a number of days'],
};
const lists = ['subnets', 'securityGroups', 'builderSecrets'];

/** Problems that would appear at deployment or later, in words. @param functions The keys of the functions, whose names are the longest. */
function problemsOf({ service, stage, functions, ...given }) {
  const problems = Object.entries(forms).flatMap(([name, [form, must]]) => {
    const values = lists.includes(name) ? given[name] : off(given[name]) ? [] : [String(given[name])];
    const wrong = values.filter((value) => !form.test(value));
    return wrong.map((value) => `--param="${name}=…" must ${must}, not "${value}"`);
  });
  const { vpcId, subnets, securityGroups } = given;
  if (!off(vpcId) && securityGroups.length > 0)
    problems.push(
      '--param="vpcId=…" is for the security group that the stack makes; with securityGroups it makes none',
    );
  if (!off(vpcId) && subnets.length === 0)
    problems.push('--param="vpcId=…" needs --param="subnets=…": builders are launched in the default VPC otherwise');
  if (off(vpcId) && securityGroups.length === 0 && subnets.length > 0)
    problems.push(
      '--param="subnets=…" needs their --param="vpcId=…" for a security group there, or --param="securityGroups=…"',
    );
  if (/^golden(-|$)/.test(service) && service !== defaultService && off(given.channelRoot))
    problems.push(
      `GOLDEN_SERVICE "${service}" would get a channel root that a deployment of ${defaultService} has for one of its stages: ` +
        'choose a name that does not begin with golden, or give --param="channelRoot=/…"',
    );
  const longest = functions.toSorted((a, b) => b.length - a.length)[0];
  const name = `${service}-${stage}`;
  const budget = 64 - `-${longest}`.length;
  if (name.length > budget)
    problems.push(
      `service and stage make "${name}", ${name.length} characters, and at most ${budget} fit: Lambda takes 64 for the name of a ` +
        `function, and ${name}-${longest} has ${name.length + longest.length + 1}. Choose a shorter --stage or GOLDEN_SERVICE`,
    );
  return problems;
}

/** `/golden` for the stage prod; other deployments get their own root. Two deployments must not move each other's channels. */
function defaultRoot(service, stage) {
  const base = service === defaultService ? 'golden' : service;
  return stage === 'prod' ? `/${base}` : `/${base}-${stage}`;
}

/** All settings, read and checked. */
async function read({ resolveVariable }) {
  const { functions } = require('./roles.cjs'); // not at the top: roles.cjs needs this file
  const raw = { service: await resolveVariable('self:service'), stage: await resolveVariable('self:provider.stage') };
  for (const name of Object.keys(forms)) {
    const value = await resolveVariable(`param:${name}`);
    raw[name] = lists.includes(name) ? listOf(value) : value;
  }
  const problems = problemsOf({ ...raw, functions: Object.keys(functions) });
  if (problems.length > 0)
    throw new Error(`The deployment's settings cannot be:\n${problems.map((one) => `- ${one}`).join('\n')}`);
  return { ...raw, channelRoot: off(raw.channelRoot) ? defaultRoot(raw.service, raw.stage) : raw.channelRoot };
}

module.exports = {
  off,
  noValue,
  read,
  problemsOf,
  /** For serverless.yml. */
  channelRoot: async (osls) => (await read(osls)).channelRoot,
  /** Permissions boundary of every role. */
  async boundary(osls) {
    const { permissionsBoundary } = await read(osls);
    return off(permissionsBoundary) ? noValue : permissionsBoundary;
  },
  /** How the bucket encrypts. */
  async bucketEncryption(osls) {
    const { kmsKey } = await read(osls);
    return off(kmsKey)
      ? [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }]
      : [
          {
            ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: kmsKey },
            BucketKeyEnabled: true,
          },
        ];
  },
};

// The settings that decide which resources the stack has (docs/deploy.md has a table of all settings). function-settings.ts has
// the settings that the functions get.
import { defaultRoot, namingProblems } from './names.ts';

/** `--param` by name, as serverless.yml or the command line has it. */
export type Param = string | number | boolean | string[] | undefined;
export type Params = Record<string, Param>;

export interface StackSettings {
  /** Name of the builder's role and instance profile. Undefined for generated names. */
  builderRole: string | undefined;
  builderSecrets: string[];
  channelRoot: string;
  kmsKey: string | undefined;
  permissionsBoundary: string | undefined;
  securityGroups: string[];
  subnets: string[];
  vpcId: string | undefined;
}

/** The names of a deployment. */
export interface DeploymentNames {
  service: string;
  stage: string;
  region: string;
}

const isOff = (value: Param): boolean => value === undefined || value === '' || String(value) === 'off';

const listOf = (value: Param): string[] =>
  isOff(value)
    ? []
    : String(value)
        .split(',')
        .map((entry) => entry.trim());

/** Parameter → its form, and the words of a message for the form. A list is given with commas. */
const forms: Record<string, [form: RegExp, must: string]> = {
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
    /^(\/[\w.*?-]+)+$|^secret:(arn:aws[\w-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:)?[\w/+=.@*?-]+$/,
    'be parameter names such as /builders/* and names or ARNs of Secrets Manager such as secret:builders/*, with commas between them',
  ],
  commandOutputDays: [/^[1-9]\d{0,4}$/, 'be a number of days'],
};
const lists = ['subnets', 'securityGroups', 'builderSecrets'];

function networkProblems(params: Params): string[] {
  const [vpc, subnets, groups] = [params['vpcId'], listOf(params['subnets']), listOf(params['securityGroups'])];
  const problems: string[] = [];
  if (!isOff(vpc) && groups.length > 0)
    problems.push(
      '--param="vpcId=…" is the VPC of the security group that the stack makes. With securityGroups the stack makes none. Give one of the two.',
    );
  if (!isOff(vpc) && subnets.length === 0)
    problems.push(
      '--param="vpcId=…" needs --param="subnets=…". Without subnets, EC2 launches builders in the default VPC.',
    );
  if (isOff(vpc) && groups.length === 0 && subnets.length > 0)
    problems.push(
      '--param="subnets=…" needs --param="vpcId=…", so that the stack makes a security group there, or --param="securityGroups=…".',
    );
  return problems;
}

/** Problems that would appear at deployment or later, in words. @param functions Keys of the functions, whose names are the longest. */
export function stackProblems(
  place: Pick<DeploymentNames, 'service' | 'stage'>,
  params: Params,
  functions: string[],
): string[] {
  const ofForms = Object.entries(forms).flatMap(([name, [form, must]]) => {
    const value = params[name];
    const values = lists.includes(name) ? listOf(value) : isOff(value) ? [] : [String(value)];
    const wrong = values.filter((entry) => !form.test(entry));
    return wrong.map((entry) => `--param="${name}=…" must ${must}, not "${entry}"`);
  });
  return [...ofForms, ...networkProblems(params), ...namingProblems(place, functions, isOff(params['channelRoot']))];
}

/** @throws with all problems. */
export function stackSettings(place: DeploymentNames, params: Params, functions: string[]): StackSettings {
  const problems = stackProblems(place, params, functions);
  if (problems.length > 0)
    throw new Error(
      `These settings of the stack cannot work:\n${problems.map((problem) => `- ${problem}`).join('\n')}`,
    );
  const text = (name: string) => (isOff(params[name]) ? undefined : String(params[name]));
  return {
    builderRole: text('builderRole'),
    builderSecrets: listOf(params['builderSecrets']),
    channelRoot: text('channelRoot') ?? defaultRoot(place),
    kmsKey: text('kmsKey'),
    permissionsBoundary: text('permissionsBoundary'),
    securityGroups: listOf(params['securityGroups']),
    subnets: listOf(params['subnets']),
    vpcId: text('vpcId'),
  };
}

// What a deployment in this region has made with generated names: the roles of its functions and the builder's profile.
import { ListInstanceProfilesCommand, ListRolesCommand } from '@aws-sdk/client-iam';
import { ListStateMachinesCommand } from '@aws-sdk/client-sfn';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import type { Account, Credentials } from './account.ts';
import { Skipped } from './check.ts';

/** All pages of a list. */
async function all<T>(page: (marker?: string) => Promise<[T[] | undefined, string | undefined]>): Promise<T[]> {
  const found: T[] = [];
  for (let marker: string | undefined; ;) {
    const [some = [], next] = await page(marker);
    found.push(...some);
    if (next === undefined) return found;
    marker = next;
  }
}

/** Name of the stack, which begins the names of its machines. Roles belong to no region, machines do. */
async function stackHere({ sfn }: Account): Promise<string> {
  const machines = await all(async (nextToken) => {
    const page = await sfn.send(new ListStateMachinesCommand({ ...(nextToken && { nextToken }) }));
    return [page.stateMachines, page.nextToken];
  });
  const service = `${process.env['GOLDEN_SERVICE'] ?? 'golden-image'}-`;
  const ours = machines.find(({ name = '' }) => name.startsWith(service) && name.endsWith('-build-image'));
  if (!ours) throw new Skipped('the pipeline is not deployed here');
  return ours.name!.replace(/-build-image$/, '');
}

/** The only one that CloudFormation named after the stack and the resource. */
function only<T>(found: T[], nameOf: (one: T) => string | undefined, stack: string, resource: string): T {
  const named = found.filter((one) => nameOf(one)?.replace(/-\w+$/, '') === `${stack}-${resource}`);
  if (named.length === 1) return named[0]!;
  throw new Skipped(
    named.length === 0
      ? `there is no ${stack}-${resource}-… here`
      : `${named.map(nameOf).join(' and ')} do not tell which one is of this region`,
  );
}

/** Credentials of a function's role. By its trust policy Lambda alone gets them, unless somebody has changed that. */
export async function assume(account: Account, resource: string): Promise<Credentials> {
  const stack = await stackHere(account);
  const roles = await all(async (Marker) => {
    const page = await account.iam.send(new ListRolesCommand({ ...(Marker && { Marker }) }));
    return [page.Roles, page.Marker];
  });
  const { Arn } = only(roles, ({ RoleName }) => RoleName, stack, resource);
  const RoleSessionName = 'golden-dry-run';
  const { Credentials: given } = await account.sts.send(new AssumeRoleCommand({ RoleArn: Arn, RoleSessionName }));
  return {
    accessKeyId: given!.AccessKeyId!,
    secretAccessKey: given!.SecretAccessKey!,
    sessionToken: given!.SessionToken!,
  };
}

/** Name of the instance profile that the deployment's builders have. */
export async function builderProfile(account: Account): Promise<string> {
  const stack = await stackHere(account);
  const profiles = await all(async (Marker) => {
    const page = await account.iam.send(new ListInstanceProfilesCommand({ ...(Marker && { Marker }) }));
    return [page.InstanceProfiles, page.Marker];
  });
  return only(profiles, ({ InstanceProfileName }) => InstanceProfileName, stack, 'BuilderProfile').InstanceProfileName!;
}

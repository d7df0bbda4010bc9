// The account that is asked. Nothing can be created in it: the clients refuse to send a call that could.
import { EC2Client } from '@aws-sdk/client-ec2';
import { IAMClient } from '@aws-sdk/client-iam';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

export interface Account {
  id: string;
  partition: string;
  region: string;
  ec2: (region?: string, credentials?: Credentials) => EC2Client;
  iam: IAMClient;
  sfn: SFNClient;
  ssm: SSMClient;
  sts: STSClient;
}

/* eslint-disable @typescript-eslint/no-explicit-any -- five clients share no narrower type */
const harmless: Record<string, (input: any) => boolean> = {
  GetCallerIdentity: () => true,
  AssumeRole: () => true,
  GetParameter: () => true,
  ListInstanceProfiles: () => true,
  ListRoles: () => true,
  ListStateMachines: () => true,
  SimulateCustomPolicy: () => true,
  ValidateStateMachineDefinition: () => true,
  TestState: ({ mock }) => mock !== undefined, // without a mock Step Functions would call the function
};
const isHarmless = (command: string, input: any): boolean =>
  harmless[command]?.(input) ?? (command.startsWith('Describe') || input.DryRun === true);

/** The client, unable to send what could change anything. */
function guarded<C>(client: C): C {
  (client as any).middlewareStack.add(
    (next: any, { commandName }: any) =>
      (args: any) => {
        const command = String(commandName).replace(/Command$/, '');
        if (!isHarmless(command, args.input)) throw new Error(`${command} could change something and was not sent`);
        return next(args);
      },
    { step: 'initialize', name: 'guard' },
  );
  return client;
}
/* eslint-enable @typescript-eslint/no-explicit-any */

/** @param endpoint Where AWS's APIs are, for a test of these checks. */
export async function openAccount(endpoint?: string, credentials?: Credentials): Promise<Account> {
  const common = {
    maxAttempts: 10, // TestState and the policy simulator have small quotas
    retryMode: 'adaptive',
    ...(credentials && { credentials }),
    ...((endpoint ?? process.env['AWS_ENDPOINT_URL']) && { disableHostPrefix: true }), // TestState is at sync-states.…
    ...(endpoint && { endpoint }),
  };
  const configured = new STSClient({ ...common, ...(endpoint && { region: 'us-east-1' }) });
  const region = await configured.config.region().catch(() => 'us-east-1');
  const sts = guarded(new STSClient({ ...common, region }));
  const { Account: id = '', Arn = '' } = await sts.send(new GetCallerIdentityCommand());
  const clients = new Map<string, EC2Client>();
  return {
    id,
    partition: Arn.split(':')[1] ?? 'aws',
    region,
    ec2(at = region, as) {
      const key = `${at} ${as?.accessKeyId ?? ''}`;
      const client =
        clients.get(key) ?? guarded(new EC2Client({ ...common, region: at, ...(as && { credentials: as }) }));
      clients.set(key, client);
      return client;
    },
    iam: guarded(new IAMClient({ ...common, region })),
    sfn: guarded(new SFNClient({ ...common, region })),
    ssm: guarded(new SSMClient({ ...common, region })),
    sts,
  };
}

import { Failure } from '../core/errors.ts';
import type { Rehearsed } from '../core/forecast/judged-forecast.ts';
import type { Connection } from './connection.ts';
import { codeOf } from './errors.ts';

interface Command {
  input: object;
  /** The SDK's description of the operation. Its third member is the name. */
  schema?: readonly unknown[];
}
type CommandKind = new (input: object) => Command;

// The name of the class would not do: a bundle shortens it.
const isRead = ({ schema }: Command) => /^(Describe|Get|List)/.test(String(schema?.[2]));

/**
 * The same connection, with DryRun in every request that would change something. EC2 answers such a request by an error, even if
 * the request is right: https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-permissions.html. Only EC2 has DryRun in all actions.
 */
function dryRunning(aws: Connection): Connection {
  return {
    region: aws.region,
    client<C>(kind: new (config: { region: string; maxAttempts: number }) => C, region?: string, attempts?: number): C {
      const real = aws.client(kind, region, attempts) as C & { send: (command: Command) => Promise<unknown> };
      const send = (command: Command) => {
        if (isRead(command)) return real.send(command);
        const { constructor: kindOf, input } = command as Command & { constructor: CommandKind };
        return real.send(new kindOf({ ...input, DryRun: true })).catch((error: unknown) => {
          if (codeOf(error) === 'DryRunOperation') return {};
          throw error;
        });
      };
      return new Proxy(real, { get: (target, key) => (key === 'send' ? send : Reflect.get(target, key)) });
    },
    as: (credentials) => dryRunning(aws.as(credentials)),
  };
}

/**
 * Lets EC2 say whether it would carry out calls, with the permissions of the function that makes the calls.
 * @param work The calls. EC2 answers each that would change something with nothing.
 * @throws AwsTransient, but not for a thing that EC2 does not know: in a plan, nothing is new.
 */
export async function rehearse(aws: Connection, work: (aws: Connection) => Promise<unknown>): Promise<Rehearsed> {
  try {
    await work(dryRunning(aws));
    return { allowed: true };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const code = codeOf(error) ?? error.name;
    if (error.name === 'AwsTransient' && !/^Invalid\w+\.(NotFound|Unavailable)$/.test(code)) throw error;
    return { allowed: false, code, message: error.message };
  }
}

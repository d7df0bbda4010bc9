import { Failure } from '../core/errors.ts';
import type { Rehearsed } from '../core/forecast/judged-forecast.ts';
import type { Connection } from './connection.ts';
import { codeOf } from './errors.ts';

interface Command {
  input: object;
}
type CommandKind = new (input: object) => Command;

const isRead = ({ constructor }: Command) => /^(Describe|Get|List)/.test(constructor.name);

/** The same connection, with DryRun in every request that would change something. Only EC2 has this parameter in all of its actions. */
function dryRunning(aws: Connection): Connection {
  return {
    region: aws.region,
    client<C>(kind: new (config: { region: string; maxAttempts: number }) => C, region?: string, attempts?: number): C {
      const real = aws.client(kind, region, attempts) as C & { send: (command: Command) => Promise<unknown> };
      const send = (command: Command) => {
        if (isRead(command)) return real.send(command);
        const { constructor: kindOf, input } = command as Command & { constructor: CommandKind };
        return real.send(new kindOf({ ...input, DryRun: true }));
      };
      return new Proxy(real, { get: (target, key) => (key === 'send' ? send : Reflect.get(target, key)) });
    },
  };
}

/**
 * Lets EC2 say whether it would carry out a call, with the permissions of the function that makes the call. EC2 answers a request
 * with DryRun by an error, whatever it would do: https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-permissions.html
 * @param work Everything up to the first call that changes something.
 * @throws AwsTransient
 */
export async function rehearse(aws: Connection, work: (aws: Connection) => Promise<unknown>): Promise<Rehearsed> {
  try {
    await work(dryRunning(aws));
    return { allowed: true };
  } catch (error) {
    if (codeOf(error) === 'DryRunOperation') return { allowed: true };
    if (!(error instanceof Failure) || error.name === 'AwsTransient') throw error;
    return { allowed: false, code: codeOf(error) ?? error.name, message: error.message };
  }
}

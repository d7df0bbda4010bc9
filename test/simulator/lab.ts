import { EC2Client } from '@aws-sdk/client-ec2';
import { S3Client } from '@aws-sdk/client-s3';
import { SSMClient } from '@aws-sdk/client-ssm';
import { retryStrategy } from '../../simulator/aws/calls/retries.ts';
import { createClock } from '../../simulator/clock.ts';
import { createCloud, type CloudOptions } from '../../simulator/aws/cloud.ts';

export const homeCaller = { account: '123456789012', region: 'us-east-1' };

/** A simulated AWS with its clock and clients, for tests: time runs only inside `run` and `wait`. */
export function lab(options: Partial<CloudOptions> = {}) {
  const clock = createClock({ start: Date.UTC(2026, 10, 23, 3) });
  const cloud = createCloud({ clock, ...options });
  const config = (region: string) => ({ region, retryStrategy: retryStrategy(clock, cloud.random('retry')) });
  const run = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    let over = false;
    const result = work().finally(() => (over = true));
    result.catch(() => undefined);
    await clock.run(() => over);
    return result;
  };
  return {
    clock,
    cloud,
    run,
    wait: (seconds: number) => run(() => clock.sleep(seconds * 1000)),
    ec2: (at = homeCaller) => cloud.attach(new EC2Client(config(at.region)), at),
    ssm: (at = homeCaller) => cloud.attach(new SSMClient(config(at.region)), at),
    s3: (at = homeCaller) => cloud.attach(new S3Client(config(at.region)), at),
  };
}

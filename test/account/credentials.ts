import { STSClient } from '@aws-sdk/client-sts';

const seconds = (count: number) =>
  new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), count * 1000).unref());

/**
 * Why there are no credentials, or undefined where there are some. The SDK looks in the environment, in profiles and in what
 * containers are given. It asks the metadata service of an EC2 instance only with AWS_EC2_METADATA_DISABLED=false: elsewhere
 * that is a request into the network.
 */
export async function lackOfCredentials(): Promise<string | undefined> {
  process.env['AWS_EC2_METADATA_DISABLED'] ??= 'true';
  try {
    const client = new STSClient({ region: 'us-east-1' });
    const found = await Promise.race([client.config.credentials(), seconds(10)]);
    return found ? undefined : 'the SDK found no credentials within 10 seconds';
  } catch (error) {
    return (error as Error).message;
  }
}

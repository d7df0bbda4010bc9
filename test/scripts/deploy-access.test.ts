import { expect, test } from '@jest/globals';
import { connect } from '../../aws/connection.ts';
import { deployRefusalOf } from '../../scripts/deploy-access.ts';

/** Opens connections that fail as the SDK does without credentials, and notes where. */
const failing = (name: string, regions: string[]) => (region: string) => {
  regions.push(region);
  const credentials = async () => {
    throw Object.assign(new Error('no'), { name });
  };
  return connect(region, { config: () => ({ credentials }) });
};

test.each([
  { args: ['--region', 'eu-central-1', '--stage', 'prod'], env: {}, region: 'eu-central-1' },
  { args: ['-r', 'eu-west-1'], env: { AWS_REGION: 'eu-north-1' }, region: 'eu-west-1' },
  { args: ['--param=automaticBuilds=on'], env: { AWS_REGION: 'eu-north-1' }, region: 'eu-north-1' },
  { args: [], env: {}, region: 'us-east-1' },
])('a deployment without credentials is refused at once: $args', async ({ args, env, region }) => {
  const regions: string[] = [];
  const refusal = await deployRefusalOf(args, env, failing('CredentialsProviderError', regions));
  expect(refusal).toMatch(/^AWS has no valid credentials from here; set AWS_PROFILE[^]*npm run package needs no/);
  expect(regions).toEqual([region]);
});

test('the profile of osls is asked for', async () => {
  const env: Record<string, string> = {};
  await deployRefusalOf(['--aws-profile', 'team'], env, failing('CredentialsProviderError', []));
  expect(env['AWS_PROFILE']).toBe('team');
});

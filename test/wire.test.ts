// The bundler's schema plugin cuts most of the SDK away. What is left must say the same to AWS, and hear the same.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { root } from '../scripts/setup.mjs';
import { bundledProbe, garbledProbe } from './support/wire/bundled-probe.ts';
import { probe, type Probed } from './support/wire/wire-probe.ts';
import { errors, samples } from './support/wire/wire-samples.ts';

const folder = mkdtempSync(join(tmpdir(), 'golden-wire-'));
let whole: Probed;
let cut: Probed;
let wrong: Probed;
beforeAll(async () => {
  whole = await probe();
  cut = await bundledProbe(join(folder, 'cut'));
  wrong = await garbledProbe(join(folder, 'cut'), join(folder, 'wrong'));
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const names = Object.keys(samples);

test('every command that aws/ imports has samples, and no other', () => {
  const sources = readdirSync(join(root, 'aws'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(join(root, 'aws', file), 'utf8'));
  const imports = sources.flatMap((text) => [...text.matchAll(/^import\s*\{([^}]*)\}\s*from '@aws-sdk\//gm)]);
  const imported = imports.flatMap(([, list = '']) => [...list.matchAll(/\b(\w+)Command\b/g)].map(([, name]) => name));
  expect(imported.length).toBeGreaterThan(25);
  expect(new Set(names)).toEqual(new Set(imported));
});

test('no sample is one that the SDK does not understand', () => {
  const { seen } = whole;
  const failed = Object.keys(seen).filter((name) => JSON.stringify(seen[name]).includes('"threw"'));
  expect(failed).toEqual([]);
});

describe.each(names)('%s', (name) => {
  test('is asked for in the same words', () => {
    expect(whole.seen[name]?.requests.length).toBe(samples[name]?.inputs.length);
    expect(cut.seen[name]?.requests).toEqual(whole.seen[name]?.requests);
  });

  test('is answered with the same', () => {
    expect(whole.seen[name]?.answers.length).toBe(samples[name]?.answers.length);
    expect(cut.seen[name]?.answers).toEqual(whole.seen[name]?.answers);
  });
});

test('every error comes to be known by its name, with the same message, fault and request', () => {
  expect(whole.errors.map(({ name }) => name)).toEqual(errors.map(([, , name]) => name));
  expect(cut.errors).toEqual(whole.errors);
});

// Two probes that see nothing agree as well.
describe('what the probe sees is what AWS documents', () => {
  const requestOf = (name: string, index = 0) => cut.seen[name]?.requests[index] ?? {};
  const answerOf = (name: string) => cut.seen[name]?.answers[0];

  test('EC2 is sent a form with numbered lists', () => {
    const { method, hostname, path, headers, body } = requestOf('RunInstances');
    expect({ method, hostname, path }).toEqual({ method: 'POST', hostname: 'ec2.eu-west-1.amazonaws.com', path: '/' });
    expect(headers).toMatchObject({ 'content-type': 'application/x-www-form-urlencoded' });
    expect(Object.fromEntries(new URLSearchParams(String(body)))).toMatchObject({
      Action: 'RunInstances',
      Version: '2016-11-15',
      ClientToken: 'a-token',
      'IamInstanceProfile.Name': 'golden-image-builder',
      'MetadataOptions.HttpTokens': 'required',
      'BlockDeviceMapping.1.Ebs.Throughput': '125',
      'BlockDeviceMapping.2.DeviceName': '/dev/sdf',
      'SecurityGroupId.2': 'sg-2',
      'TagSpecification.3.ResourceType': 'network-interface',
      'TagSpecification.3.Tag.3.Value': expect.stringContaining('Köln & <Ωμέγα> "日本"'),
    });
  });

  test('an idempotency token is made up where there is none', () => {
    expect(requestOf('RunInstances', 1)['body']).toContain('&ClientToken=made-up');
  });

  test('SSM and Step Functions are sent JSON', () => {
    expect(requestOf('SendTaskFailure')).toMatchObject({
      headers: { 'x-amz-target': 'AWSStepFunctions.SendTaskFailure', 'content-type': 'application/x-amz-json-1.0' },
    });
    expect(JSON.parse(String(requestOf('SendCommand')['body']))).toEqual(samples['SendCommand']?.inputs[0]);
  });

  test('S3 is sent a path, headers and a body with its checksum', () => {
    expect(requestOf('GetObject', 1)).toMatchObject({
      method: 'GET',
      hostname: 'golden-image-artifacts.s3.eu-west-1.amazonaws.com',
      path: expect.stringContaining('/builds/base/a%20b%2Bc/K%C3%B6ln%26'),
      headers: { range: 'bytes=-4000' },
    });
    expect(requestOf('PutObject')).toMatchObject({
      method: 'PUT',
      headers: { 'content-type': 'application/json', 'x-amz-checksum-crc32': expect.any(String) },
      body: samples['PutObject']?.inputs[0]?.['Body'],
    });
  });

  test('answers come as objects, dates as dates, bodies as streams', () => {
    expect(answerOf('DescribeImages')).toMatchObject({
      $metadata: { httpStatusCode: 200, requestId: expect.any(String), attempts: 1 },
      Images: [
        {
          ImageId: 'ami-0123456789abcdef0',
          StateReason: { Code: 'Client.InternalError' },
          BlockDeviceMappings: [{ Ebs: { VolumeSize: 8, Encrypted: true } }, { DeviceName: '/dev/sdb' }],
          Tags: expect.arrayContaining([{ Key: 'purpose', Value: 'Köln & <Ωμέγα> 日本 🚀' }]),
        },
      ],
      NextToken: expect.any(String),
    });
    expect(answerOf('DescribeInstances')).toMatchObject({
      Reservations: [{ Instances: [{ LaunchTime: { date: '2026-11-23T03:00:01.000Z' } }] }, {}],
    });
    expect(answerOf('GetObject')).toMatchObject({
      Body: { stream: '{"Köln":"日本 🚀","n":[1,2]}\n' },
      LastModified: { date: '2026-11-23T03:04:05.000Z' },
      Metadata: { 'made-by': 'golden' },
    });
    expect(answerOf('GetExecutionHistory')).toMatchObject({
      events: [{ id: 1, timestamp: { date: expect.any(String) } }, { type: 'TaskStateEntered' }, {}, {}, {}],
    });
  });

  test('a bundle with garbled schemas is found out, in what is sent and in what is heard', () => {
    const differing = (part: 'requests' | 'answers') =>
      names.filter((name) => JSON.stringify(wrong.seen[name]?.[part]) !== JSON.stringify(cut.seen[name]?.[part]));
    expect(differing('requests')).toEqual(
      expect.arrayContaining(['RunInstances', 'DescribeImages', 'CopyImage', 'GetObject', 'PutObject']),
    );
    expect(differing('answers')).toEqual(expect.arrayContaining(['DescribeImages', 'DescribeInstances', 'GetObject']));
  });
});

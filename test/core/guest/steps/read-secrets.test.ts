import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn, spawnSync } from 'node:child_process';
import { createHash, createHmac } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packedPowerShell, packedShell } from '../../../../core/guest/packed-script.ts';
import { shellBeginning, type Surrounded } from '../../../../core/guest/steps/surroundings.ts';
import { secretQuestions } from '../../../../core/guest/steps/secret-questions.ts';
import { secretsIn } from '../../../../simulator/aws/ssm/parameter-values.ts';

// The program runs for real, against a server that is instance metadata, Systems Manager and Secrets Manager.

const keys = { AccessKeyId: 'ASIAEXAMPLE', SecretAccessKey: 'example/key', Token: 'session+token/example==' };
const stored: Record<string, string> = {
  '/builders/token': 's3cret-token-value',
  '/builders/wild': `it's "quoted" \${HOME} $(id) {{ x }}`,
  '/builders/lines': 'first line of key\nsecond line of key\n',
  'secret:prod/db': 'postgres://user:p4ss@db',
  'secret:prod/api': '{"user": "me", "password": "p4ss \\"word\\"", "port": 5432, "on": true}',
  'secret:prod/api AWSPREVIOUS': '{"password": "older"}',
};
let tokens = 0;
let throttled = 0;
let place = '';

/** The signature that AWS computes of a request. */
function signatureOf({ headers }: IncomingMessage, body: string): string {
  const [, scope = '', names = ''] =
    /Credential=[^/]+\/([^,]+), SignedHeaders=([^,]+)/.exec(headers.authorization ?? '') ?? [];
  const lines = names.split(';').map((name) => `${name}:${String(headers[name])}\n`);
  const hash = (text: string) => createHash('sha256').update(text).digest('hex');
  const request = ['POST', '/', '', lines.join(''), names, hash(body)].join('\n');
  const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, hash(request)].join('\n');
  const key = scope
    .split('/')
    .reduce<string | Buffer>(
      (so, part) => createHmac('sha256', so).update(part).digest(),
      `AWS4${keys.SecretAccessKey}`,
    );
  return createHmac('sha256', key).update(text).digest('hex');
}

function answer(request: IncomingMessage, body: string): [status: number, text: string] {
  const { url = '', method, headers } = request;
  if (url === '/latest/api/token') return method === 'PUT' ? [200, `token-${++tokens}`] : [405, ''];
  if (url.startsWith('/latest/'))
    return /^token-\d+$/.test(String(headers['x-aws-ec2-metadata-token']))
      ? [200, url.endsWith('/builder') ? JSON.stringify(keys) : 'builder']
      : [401, ''];
  if (!headers.authorization?.endsWith(`Signature=${signatureOf(request, body)}`))
    return [403, '{"__type":"InvalidSignatureException"}'];
  if (headers['x-amz-security-token'] !== keys.Token) return [403, '{"__type":"UnrecognizedClientException"}'];
  if (throttled-- > 0) return [400, '{"__type":"ThrottlingException"}'];
  const { Name, SecretId, VersionStage, WithDecryption } = JSON.parse(body) as Record<string, string | true>;
  const label = VersionStage === undefined ? '' : ` ${String(VersionStage)}`;
  const value = stored[SecretId === undefined ? String(Name) : `secret:${String(SecretId)}${label}`];
  if (value === undefined) return [400, '{"__type":"ParameterNotFound"}'];
  if (SecretId !== undefined) return [200, JSON.stringify({ SecretString: value })];
  return [200, JSON.stringify({ Parameter: { Value: WithDecryption === true ? value : 'encrypted' } })];
}

const server = createServer((request, response) => {
  let body = '';
  request.on('data', (part) => (body += String(part)));
  request.on('end', () => {
    const [status, text] = answer(request, body);
    response.writeHead(status).end(text);
  });
});

beforeAll(async () => {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  place = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

/** Runs a script as the beginning of its step starts it. */
async function run(script: string, around: Surrounded, endpoint = `${place}/`) {
  const folder = mkdtempSync(join(tmpdir(), 'golden-secrets-'));
  const [begin, step] = [join(folder, 'begin'), join(folder, 'step')];
  const beginning = shellBeginning({ region: 'us-east-1', ...around }, { metadata: place, endpoint }) ?? '';
  writeFileSync(begin, beginning.replaceAll('time.sleep(', 'abs(')); // nobody waits for the next try
  writeFileSync(step, script);
  chmodSync(step, 0o755);
  const child = spawn('/bin/sh', [begin, step], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.on('data', (part) => (out += String(part)));
  child.stderr.on('data', (part) => (err += String(part)));
  const status = await new Promise((resolve) => child.on('close', resolve));
  rmSync(folder, { recursive: true });
  return { status, out, err };
}

const sum = (text: string) => createHash('sha256').update(text).digest('hex');
const hasPython = spawnSync('python3', ['--version']).status === 0;

(hasPython ? describe : describe.skip)('with Python', () => {
  test.each(Object.keys(stored).filter((name) => !name.includes(' ')))(
    '%s reaches the script unchanged',
    async (name) => {
      const { status, out } = await run('#!/bin/sh\nprintf %s "$VALUE" | sha256sum', { secrets: { VALUE: name } });
      expect({ status, out }).toEqual({ status: 0, out: `${sum(stored[name] ?? '')}  -\n` });
    },
  );

  test.each([
    ['secret:prod/api:password', 'p4ss "word"'],
    ['secret:prod/api:password:AWSPREVIOUS:', 'older'],
    ['secret:prod/api:port', '5432'],
    ['secret:prod/api:on', 'true'],
  ])('%s is the value of a key', async (name, value) => {
    const { status, out } = await run('#!/bin/sh\nprintf %s "$VALUE" | sha256sum', { secrets: { VALUE: name } });
    expect({ status, out }).toEqual({ status: 0, out: `${sum(value)}  -\n` });
  });

  test.each([
    ['secret:prod/api:Password', 'has no key Password in its JSON'],
    ['secret:prod/db:password', 'is no JSON object, so it has no key password'],
  ])('%s fails the step without a value in its text', async (name, message) => {
    const { status, out, err } = await run('#!/bin/sh\necho ran', { secrets: { A: name } });
    expect({ status, out, err }).toEqual({ status: 1, out: '', err: `${name}, the secret of A, ${message}\n` });
  });

  test('what a script prints has no value of a secret, on stdout and on stderr', async () => {
    const secrets = { A: '/builders/token', B: '/builders/lines' };
    const { out, err } = await run('#!/bin/sh\necho "is $A!"\nprintf "$B" >&2\necho rest', { secrets });
    expect({ out, err }).toEqual({ out: 'is ***!\nrest\n', err: '***\n***\n' });
  });

  test('the exit code is that of the script, also the one that asks for a reboot', async () => {
    const codes = ['exit 0', 'exit 7', 'exit 194', 'kill -9 $$'].map(async (end) => {
      const { status } = await run(`#!/bin/sh\n${end}`, { secrets: { A: '/builders/token' } });
      return status;
    });
    expect(await Promise.all(codes)).toEqual([0, 7, 194, 137]);
  });

  test('secrets go together with variables, a folder and PATH', async () => {
    const around = {
      secrets: { A: '/builders/token' },
      env: { B: 'b', PATH: '/usr/bin:/bin' },
      workingDirectory: '/usr',
    };
    const { out } = await run('#!/bin/sh\npwd; echo "$B $PATH ${#A}"', around);
    expect(out).toBe('/usr\nb /usr/bin:/bin 18\n');
  });

  test('a secret that is missing fails the step by its name and variable, and the script does not run', async () => {
    const { status, out, err } = await run('#!/bin/sh\necho ran', { secrets: { A: '/builders/none' } });
    expect({ status, out }).toEqual({ status: 1, out: '' });
    expect(err).toContain(
      '/builders/none, the secret of A, cannot be read in us-east-1 (HTTP 400): {"__type":"ParameterNotFound"}',
    );
    expect(err).toContain('needs ssm:GetParameter');
  });

  test('a service that is busy is asked again', async () => {
    throttled = 1;
    const { status } = await run('#!/bin/sh\ntrue', { secrets: { A: '/builders/token' } });
    expect(status).toBe(0);
  });
});

test('the lines that are sent have the names of secrets, which the guest reads in its region', () => {
  const secrets = { NPM_TOKEN: '/builders/token', DB: 'secret:prod/db' };
  expect(secretsIn(packedShell('true', { secrets, region: 'eu-west-1' }))).toEqual(secretQuestions(secrets));
  expect(secretsIn(packedPowerShell('exit 0', { secrets, region: 'eu-west-1' }))).toEqual(secretQuestions(secrets));
  expect(shellBeginning({ secrets, region: 'cn-north-1' })).toContain('https://SERVICE.cn-north-1.amazonaws.com.cn/');
});

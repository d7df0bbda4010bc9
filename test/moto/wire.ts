import http from 'node:http';

/** An HTTP call as it came from an SDK client or from moto's own Step Functions tasks. */
export interface HttpCall {
  method: string;
  path: string;
  headers: http.IncomingHttpHeaders;
  body: string | Buffer;
}

export interface HttpAnswer {
  status: number;
  headers: http.OutgoingHttpHeaders;
  body: string | Buffer;
}

export const motoAccount = '123456789012';

/** Passes a call on to moto. */
export function send(port: number, { method, path, headers, body }: HttpCall): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const request = http.request(
      { host: '127.0.0.1', port, method, path, headers: { ...headers, 'content-length': Buffer.byteLength(body) } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const { 'content-length': bytes, 'transfer-encoding': __, connection: ___, ...kept } = response.headers;
          // Only a HEAD answer has a length that its body does not tell.
          const headers = method === 'HEAD' && bytes !== undefined ? { ...kept, 'content-length': bytes } : kept;
          resolve({ status: response.statusCode ?? 502, headers, body: Buffer.concat(chunks) });
        });
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

/** Region and service are all that moto reads of a signature. */
const signature = (service: string, region: string) =>
  `AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`;

/** The header by which moto takes the account of a call from the caller, without credentials of that account. */
export const accountHeader = (account: string) => ({ 'x-moto-account-id': account });

/** A call of ours in a query protocol (EC2, IAM). */
export async function query(
  port: number,
  region: string,
  parameters: Record<string, string>,
  { service = 'ec2', version = '2016-11-15', account = motoAccount } = {},
): Promise<string> {
  const { status, body } = await send(port, {
    method: 'POST',
    path: '/',
    headers: {
      host: `${service}.${region}.amazonaws.com`,
      'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
      authorization: signature(service, region),
      ...accountHeader(account),
    },
    body: new URLSearchParams({ Version: version, ...parameters }).toString(),
  });
  if (status >= 300) throw new Error(`moto refused ${parameters['Action']}: ${status} ${body.toString()}`);
  return body.toString();
}

const pathOf = (key: string) => key.split('/').map(encodeURIComponent).join('/');

/** Writes an object into moto's S3. */
export async function putObject(port: number, bucket: string, key: string, body: string): Promise<void> {
  const { status } = await send(port, {
    method: 'PUT',
    path: `/${bucket}/${pathOf(key)}`,
    headers: { host: '127.0.0.1', authorization: signature('s3', 'us-east-1') },
    body,
  });
  if (status >= 300) throw new Error(`moto refused s3://${bucket}/${key}: ${status}`);
}

/** Reads an object of moto's S3. Undefined if there is none. */
export async function objectText(port: number, bucket: string, key: string): Promise<string | undefined> {
  const headers = { host: '127.0.0.1', authorization: signature('s3', 'us-east-1') };
  const { status, body } = await send(port, { method: 'GET', path: `/${bucket}/${pathOf(key)}`, headers, body: '' });
  return status < 300 ? body.toString() : undefined;
}

/** A call of ours in a JSON protocol. */
export const jsonCall = (
  port: number,
  service: string,
  target: string,
  region: string,
  input: object,
  account = motoAccount,
) =>
  send(port, {
    method: 'POST',
    path: '/',
    headers: {
      host: `${service}.${region}.amazonaws.com`,
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': target,
      authorization: signature(service, region),
      ...accountHeader(account),
    },
    body: JSON.stringify(input),
  });

/** Puts an event on the default bus of its region. @returns why moto did not take it. */
export async function putEvent(
  port: number,
  event: { region: string; source: string; type: string; resources: string[]; detail: object },
): Promise<string | undefined> {
  const { source: Source, type: DetailType, resources: Resources, detail } = event;
  const Entries = [{ Source, DetailType, Resources, Detail: JSON.stringify(detail) }];
  const { status, body } = await jsonCall(port, 'events', 'AWSEvents.PutEvents', event.region, { Entries });
  const answer = status < 300 ? (JSON.parse(body.toString()) as { FailedEntryCount: number }) : undefined;
  return answer?.FailedEntryCount === 0 ? undefined : `${status} ${body.toString()}`;
}

/** Region that a request was signed for. */
export const regionOf = ({ headers }: HttpCall): string =>
  /Credential=[^/]+\/\d+\/([^/]+)\//.exec(headers.authorization ?? '')?.[1] ?? 'us-east-1';

/** Access key that a request was signed with. */
export const accessKeyOf = ({ headers }: HttpCall): string =>
  /Credential=([^/]+)\//.exec(headers.authorization ?? '')?.[1] ?? '';

/** Service that a request was signed for. */
export const serviceOf = ({ headers }: HttpCall): string =>
  /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(headers.authorization ?? '')?.[1] ?? '';

/** An error as EC2 words it. */
export const ec2Error = (code: string, message: string, status = 400): HttpAnswer => ({
  status,
  headers: { 'content-type': 'text/xml;charset=UTF-8' },
  body: `<?xml version="1.0" encoding="UTF-8"?><Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors><RequestID>layer</RequestID></Response>`,
});

/** An error of a JSON protocol. */
export const jsonError = (type: string, message: string, status = 400): HttpAnswer => ({
  status,
  headers: { 'content-type': 'application/x-amz-json-1.1' },
  body: JSON.stringify({ __type: type, message }),
});

export const jsonAnswer = (value: unknown): HttpAnswer => ({
  status: 200,
  headers: { 'content-type': 'application/x-amz-json-1.1' },
  body: JSON.stringify(value),
});

/** Text of the first element of that name. */
export const textOf = (xml: string, element: string): string | undefined =>
  new RegExp(`<${element}>([^<]*)</${element}>`).exec(xml)?.[1];

/** Every element of that name, which may hold others of its kind deeper inside `items` of its own. */
export const textsOf = (xml: string, element: string): string[] =>
  [...xml.matchAll(new RegExp(`<${element}>([^<]*)</${element}>`, 'g'))].map(([, text = '']) => text);

/** Rewrites the direct `<item>`s of a set; items inside items are left to the rewriter. */
export function mapItems(xml: string, set: string, rewrite: (item: string) => string): string {
  const start = xml.indexOf(`<${set}>`);
  const end = xml.lastIndexOf(`</${set}>`);
  if (start < 0 || end < 0) return xml;
  const inside = xml.slice(start + set.length + 2, end);
  let depth = 0;
  let from = 0;
  let rewritten = '';
  for (const match of inside.matchAll(/<item>|<\/item>/g)) {
    if (match[0] === '<item>') {
      if (depth++ === 0) from = match.index;
    } else if (--depth === 0) {
      rewritten += rewrite(inside.slice(from, match.index + '</item>'.length));
    }
  }
  return xml.slice(0, start + set.length + 2) + rewritten + xml.slice(end);
}

/** Tags of one described resource. */
export function tagsOf(item: string): Record<string, string> {
  const tags: Record<string, string> = {};
  for (const [, key = '', value = ''] of item.matchAll(
    /<item>\s*<key>([^<]*)<\/key>\s*<value>([^<]*)<\/value>\s*<\/item>/g,
  ))
    tags[key] = value;
  return tags;
}

/** Tags that a request gives to a type of resource at its creation, by their number in the request. */
export function tagSpecification(form: URLSearchParams, type: string): Record<string, string> {
  const tags: Record<string, string> = {};
  for (const [name, value] of form) {
    const number = /^TagSpecification\.(\d+)\.ResourceType$/.exec(name)?.[1];
    if (number === undefined || value !== type) continue;
    for (let i = 1; form.has(`TagSpecification.${number}.Tag.${i}.Key`); i++) {
      const key = form.get(`TagSpecification.${number}.Tag.${i}.Key`) ?? '';
      tags[key] = form.get(`TagSpecification.${number}.Tag.${i}.Value`) ?? '';
    }
  }
  return tags;
}

import { textsOf, type HttpAnswer } from '../wire.ts';
import type { Faults } from './faults.ts';
import type { LayerEvent } from './events.ts';
import type { Imports } from './imports.ts';
import type { Keys } from './keys.ts';
import type { Progress } from './progress.ts';

/** One EC2 call under way between a function and moto. */
export interface Ec2Call {
  port: number;
  form: URLSearchParams;
  region: string;
  /** The account of the caller, and the ARN of the role there if the caller has assumed one. */
  account: string;
  role?: string | undefined;
  faults: Faults;
  /** Passes the call on, as it now is. */
  pass: () => Promise<HttpAnswer>;
  /** A call of the layer's own, by default in the same region and account. */
  ask: (parameters: Record<string, string>, region?: string, account?: string) => Promise<string>;
  keys: Keys;
  imports: Imports;
  /** Objects in moto's S3. */
  objects: {
    get: (bucket: string, key: string) => Promise<string | undefined>;
    put: (bucket: string, key: string, body: string) => Promise<void>;
  };
  /** Whose functions make the call. */
  scenario: string;
  progress: Progress;
  /** Tells EventBridge of a change. */
  tell: (event: LayerEvent) => void;
  /** Answers given to ClientTokens. */
  tokens: Map<string, Promise<HttpAnswer>>;
}

/** An answer of EC2. */
export const answerOf = (action: string, inside = '<return>true</return>'): HttpAnswer => ({
  status: 200,
  headers: { 'content-type': 'text/xml;charset=UTF-8' },
  body: `<${action}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">${inside}</${action}Response>`,
});

/** The snapshots of an AMI, as moto has them. */
export async function snapshotsOf({ ask }: Ec2Call, ami: string): Promise<string[]> {
  return textsOf(await ask({ Action: 'DescribeImages', 'ImageId.1': ami }), 'snapshotId');
}

/** Answers a used ClientToken with what it made. */
export async function once(call: Ec2Call, make: () => Promise<HttpAnswer>): Promise<HttpAnswer> {
  const token = call.form.get('ClientToken');
  if (!token) return make();
  const key = `${call.account} ${call.region} ${call.form.get('Action')} ${token}`;
  const known = call.tokens.get(key);
  if (known) return known;
  const making = make();
  call.tokens.set(key, making); // before it is made: the same token may come twice at once
  const answer = await making.catch((error: unknown) => {
    call.tokens.delete(key);
    throw error;
  });
  if (answer.status >= 300) call.tokens.delete(key);
  return answer;
}

import type { HttpAnswer } from '../wire.ts';
import type { Faults } from './faults.ts';
import type { LayerEvent } from './events.ts';
import type { Progress } from './progress.ts';

/** One EC2 call under way between a function and moto. */
export interface Ec2Call {
  form: URLSearchParams;
  region: string;
  faults: Faults;
  /** Passes the call on, as it now is. */
  pass: () => Promise<HttpAnswer>;
  /** A call of the layer's own, by default in the same region. */
  ask: (parameters: Record<string, string>, region?: string) => Promise<string>;
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

/** Answers a used ClientToken with what it made. */
export async function once(call: Ec2Call, make: () => Promise<HttpAnswer>): Promise<HttpAnswer> {
  const token = call.form.get('ClientToken');
  if (!token) return make();
  const key = `${call.region} ${call.form.get('Action')} ${token}`;
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

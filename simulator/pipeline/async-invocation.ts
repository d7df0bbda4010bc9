import { isoTime, type Clock } from '../clock.ts';
import { uuid } from '../aws/keys.ts';

/** A function, and Lambda's settings for its asynchronous events. */
export interface AsyncFunction {
  arn: string;
  run: (event: unknown, clock: Clock) => Promise<unknown>;
  /** Number of further tries after a failure. */
  retries: number;
  /** Receives Lambda's invocation record of an event that failed every time. */
  onFailure: (record: object) => void;
}

// A minute before the second try, two before the third:
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
const pauses = [60, 120];

/** Lambda's queue of events. */
export function createAsyncInvocation(clock: Clock): (called: AsyncFunction, event: unknown) => void {
  let invocations = 0;
  return ({ arn, run, retries, onFailure }, event) => {
    const requestId = uuid('invocation', ++invocations);
    const attempt = (tries: number) => {
      clock
        .activity((own) => run(structuredClone(event), own))
        .catch(({ name, message }: Error) => {
          if (tries <= retries) {
            clock.at(clock.now() + (pauses[tries - 1] ?? 0) * 1000, () => attempt(tries + 1));
            return;
          }
          onFailure({
            version: '1.0',
            timestamp: isoTime(clock.now()),
            requestContext: {
              requestId,
              functionArn: `${arn}:$LATEST`,
              condition: 'RetriesExhausted',
              approximateInvokeCount: tries,
            },
            requestPayload: event,
            responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
            responsePayload: { errorType: name, errorMessage: message },
          });
        });
    };
    attempt(1);
  };
}

import { GetExecutionHistoryCommand, SFNClient } from '@aws-sdk/client-sfn';
import type { StateEvent } from '../../core/build/timings.ts';
import { ask } from '../errors.ts';
import type { Connection } from '../connection.ts';

/** One entry of an execution's history with its payloads. Ids count from 1 without a gap. */
export interface ExecutionEvent {
  id: number;
  previousEventId: number;
  timestamp: Date;
  type: string;
  [details: `${string}EventDetails`]: Record<string, unknown>;
}

/** What an event says of the state that it belongs to. */
export const stateEventOf = (event: ExecutionEvent): StateEvent => {
  const details = (name: string) => event[`${name}EventDetails`] as { name?: string; index?: number } | undefined;
  const iteration = details('mapIterationStarted');
  const state = (details('stateEntered') ?? details('stateExited'))?.name;
  return { ...event, state, map: iteration?.name, index: iteration?.index };
};

/**
 * Reads a growing history: every call returns the events since the last call. The first call reads from the beginning. Later
 * calls read backwards from the end until they meet a known event, so that a look at hours of history costs one small call. A
 * page asks for about as many events as the last look brought.
 */
export function historyReader(aws: Connection, executionArn: string): () => Promise<ExecutionEvent[]> {
  let known = 0;
  let expected = 0;

  async function page(reverseOrder: boolean, maxResults: number, nextToken: string | undefined) {
    const answer = await ask({ action: 'states:GetExecutionHistory', region: aws.region, about: executionArn }, () =>
      aws.client(SFNClient).send(
        new GetExecutionHistoryCommand({
          executionArn,
          reverseOrder,
          maxResults,
          nextToken,
          includeExecutionData: true,
        }),
      ),
    );
    const events = (answer.events ?? []).map((event) => ({ previousEventId: 0, ...event })) as ExecutionEvent[];
    return { events, nextToken: answer.nextToken };
  }

  return async () => {
    const first = known === 0;
    const size = first ? 1000 : Math.min(1000, Math.max(10, 2 * expected));
    const fresh = new Map<number, ExecutionEvent>();
    let token: string | undefined;
    do {
      const { events, nextToken } = await page(!first, size, token);
      for (const event of events) if (event.id > known) fresh.set(event.id, event);
      token = first || events.every(({ id }) => id > known + 1) ? nextToken : undefined;
    } while (token);
    // Events behind a gap are left for the next look.
    const news: ExecutionEvent[] = [];
    for (let event = fresh.get(known + 1); event; event = fresh.get(event.id + 1)) news.push(event);
    known += news.length;
    expected = news.length;
    return news;
  };
}

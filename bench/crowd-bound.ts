import type { RecordedCall } from '../simulator/aws/calls/attach.ts';
import { bucketsOf } from '../simulator/aws/calls/throttling.ts';
import { copiesAtOnce } from '../simulator/aws/ec2/images/copy-image.ts';

/**
 * The least seconds in which many builds can be published together. Every build is assumed to make the calls that a build alone makes,
 * as early as a build alone makes them. EC2 and SSM serve no more of them than their request buckets and the quota of copies allow.
 */

/** A build alone. Its moments are seconds after its start. */
export interface Alone {
  calls: Pick<RecordedCall, 'at' | 'service' | 'action' | 'region' | 'params' | 'by'>[];
  /** The seconds that a copy to each region takes. */
  copySeconds: ReadonlyMap<string, number>;
  /** When it was published, and when it could have been: the longest path. */
  published: number;
  path: number;
}

/** The bound of a crowd, and the bucket or quota that imposes it; undefined if none makes a build wait. */
interface CrowdBound {
  seconds: number;
  imposedBy: string | undefined;
}

/** What serves `size` tokens at once and `refill` more each second. */
interface Server {
  name: string;
  size: number;
  refill: number;
  /** The uses that one build makes. */
  uses: { at: number; tokens: number; by: string }[];
}

/** @param starts Seconds after the first start at which each build starts. */
export function crowdBound(alone: Alone, starts: number[]): CrowdBound {
  const unhindered = Math.max(...starts) + alone.published;
  let latest: CrowdBound = { seconds: unhindered, imposedBy: undefined };
  for (const server of serversOf(alone)) {
    // Any part of the uses gives a bound: those of one state, and all of them.
    const states = [...new Set(server.uses.map(({ by }) => by))];
    const parts = [server.uses, ...states.map((state) => server.uses.filter(({ by }) => by === state))];
    for (const uses of parts) {
      const seconds = lastEnd({ ...server, uses }, starts, alone.published);
      if (seconds > latest.seconds) latest = { seconds, imposedBy: server.name };
    }
  }
  return { ...latest, seconds: latest.seconds - alone.published + alone.path };
}

/**
 * The least seconds until all builds are published, if only this server makes them wait. Of the uses that are due at a moment or
 * later, the last is served when the bucket has had the tokens for all. Its build then still has the rest of its path to go.
 */
function lastEnd({ uses, size, refill }: Server, starts: number[], published: number): number {
  const due = starts
    .flatMap((start) => uses.map(({ at, tokens }) => ({ at: start + at, tokens, rest: published - at })))
    .toSorted((a, b) => b.at - a.at);
  let [tokens, rest, end] = [0, Infinity, 0];
  for (const use of due) {
    tokens += use.tokens;
    rest = Math.min(rest, use.rest);
    end = Math.max(end, use.at + Math.max(0, tokens - size) / refill + rest);
  }
  return end;
}

function serversOf({ calls, copySeconds }: Alone): Server[] {
  const servers = new Map<string, Server>();
  const use = (name: string, size: number, refill: number, used: Server['uses'][number]) => {
    const server = servers.get(name) ?? { name, size, refill, uses: [] };
    servers.set(name, server);
    server.uses.push(used);
  };
  for (const { service, action, region, params, at, by = 'nobody' } of calls) {
    for (const { bucket, limit, tokens } of bucketsOf(service, action, params as Record<string, unknown>))
      use(`${bucket} in ${region}`, ...limit, { at, tokens, by });
    // A place for a copy is free again when the copy is complete. This serves like a bucket that refills in that time.
    const seconds = copySeconds.get(region) ?? 0;
    if (action === 'CopyImage' && seconds > 0)
      use(`copies at once to ${region}`, copiesAtOnce, copiesAtOnce / seconds, { at, tokens: 1, by });
  }
  return [...servers.values()];
}

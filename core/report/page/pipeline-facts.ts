import type { Manifest } from '../../build/manifest.ts';
import { spanOf } from '../../build/phases.ts';
import type { BuildIdentity } from '../../tags.ts';

/** What a channel holds in one place. */
export interface ChannelOnPage {
  recipe: string;
  channel: string;
  place: string;
  ami: string | null;
  build: string | null;
  /** When the image was made. */
  createdAt: string | null;
  /** `healthy`, `deprecated`, or what is wrong. */
  health: string;
  /** Null if nobody has looked for drifts yet. */
  drifts: string[] | null;
}

/** A build as the overview of all builds needs it. */
export interface BuildOnPage extends BuildIdentity {
  /** Milliseconds. */
  startedAt: number;
  status: Manifest['status'] | 'running';
  seconds: number | null;
  usd: number | null;
  snapshotsPerMonth: number;
  error: string | null;
  cause: string | null;
  left: string[];
}

/** Everything that the overview of a pipeline is made of. */
export interface PipelineFacts {
  /** Service and stage. */
  name: string;
  region: string;
  /** Milliseconds. */
  now: number;
  days: number;
  channels: ChannelOnPage[];
  builds: BuildOnPage[];
}

/** @param startedAt Of a build without timings, from its id. */
export function buildOnPage({ recipe, build, status, timings, cost, failure }: Manifest, startedAt: Date): BuildOnPage {
  const spans = timings.map(spanOf);
  const from = spans.length > 0 ? Math.min(...spans.map((span) => span.from)) : startedAt.getTime();
  return {
    recipe,
    build,
    startedAt: from,
    status,
    seconds: spans.length > 0 ? (Math.max(...spans.map(({ to }) => to)) - from) / 1000 : null,
    usd: cost?.usd ?? null,
    snapshotsPerMonth: status === 'published' ? (cost?.snapshotsPerMonth ?? 0) : 0,
    error: failure ? `${failure.error} in ${failure.state}` : null,
    cause: failure?.cause.split('\n')[0] ?? null,
    left: failure?.left ?? [],
  };
}

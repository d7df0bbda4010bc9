import type { ExecutionReference } from '../../build/identity.ts';

/** What is known of a build only when it starts, by the names that `${{ }}` has for it. */
export interface BuildFacts {
  'source.ami': string;
  build: string;
  /** Day on which the build starts, in UTC. */
  date: string;
}

/**
 * The facts with which a recipe is judged before a build starts. Digests are made with them, too: an image does not get out of
 * date because the next build would have another id or another day. Each is as long as the longest real one.
 */
export const sampleFacts: BuildFacts = {
  'source.ami': 'ami-00000000000000000',
  build: '20260101-000000-0000',
  date: '2026-01-01',
};

export const buildFactsOf = (build: string, startedAt: ExecutionReference['startedAt'], ami: string): BuildFacts => ({
  'source.ami': ami,
  build,
  date: new Date(startedAt).toISOString().slice(0, 10),
});

/** The facts as a recipe writes them, for a recipe that is shown and not built. */
export const writtenFacts: BuildFacts = {
  'source.ami': '${{ source.ami }}',
  build: '${{ build }}',
  date: '${{ date }}',
};

import { durationOf } from '../../duration.ts';
import { keyOf } from '../../memory/documents.ts';
import { valuesInWords } from '../../recipe/parameters/values.ts';
import { executionLink, objectLink } from '../console-links.ts';
import { costLine } from '../cost.ts';
import type { PageFacts } from './facts.ts';
import type { Timeline } from './timeline.ts';

/** An address that is only text where the console is not public. */
export interface PageLink {
  title: string;
  text: string;
  href?: string | undefined;
}

/** The facts of a build in a few words each, for the head of its page. */
export function shownFacts(
  { manifest, plan }: PageFacts,
  timeline: Timeline | undefined,
): [title: string, value: string][] {
  const { image, targets, cost } = manifest;
  const channel = targets.find(({ parameter }) => parameter !== null)?.parameter ?? undefined;
  const startedBy = plan && (plan.trigger ? `${plan.trigger.by}: ${plan.trigger.reason}` : 'a person');
  const rows: [string, string | undefined][] = [
    ['Image', image?.name],
    ['Started', timeline && `${timeline.startedAt.slice(0, 19).replace('T', ' ')} UTC`],
    ['Started by', startedBy],
    ['Parameters', manifest.parameters && valuesInWords(manifest.parameters)],
    ['Took', timeline && durationOf(Math.round(timeline.seconds))],
    ['Home region', plan?.region],
    ['Channel', channel],
    ['Replaces', plan?.replaces?.build],
    ['Estimated cost', cost && costLine(cost)],
  ];
  return rows.flatMap(([title, value]) => (value === undefined ? [] : [[title, value]]));
}

/** Where the execution and the manifest are. */
export function linksOf({ execution, bucket, manifest }: PageFacts): PageLink[] {
  const key = keyOf(manifest, 'manifest');
  return [
    ...(execution ? [{ title: 'Execution', text: execution, href: executionLink(execution) }] : []),
    { title: 'Manifest', text: `s3://${bucket}/${key}`, href: execution && objectLink(execution, bucket, key) },
  ];
}

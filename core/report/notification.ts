import { executionLink, objectLink } from './console-links.ts';
import { costLine } from './cost.ts';
import { durationOf } from '../duration.ts';
import { isRefusal } from '../errors.ts';
import { explainFailure } from '../failure-names.ts';
import { fewOf } from '../distribute/distribution.ts';
import { failureMessage } from './failure.ts';
import type { Manifest } from '../build/manifest.ts';
import { keyOf, pageObject } from '../memory/documents.ts';
import { remains, targetLines, variantLines } from './notification-lists.ts';
import type { BuildIdentity } from '../tags.ts';

/** An execution that has ended, as EventBridge reports it. */
export interface EndedExecution {
  /** ARN. */
  execution: string;
  /** Whether the execution is the clean-up of a build, not the build itself. */
  cleanUp: boolean;
  status: 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  /** Milliseconds. */
  startedAt: number;
  endedAt: number;
  /** The build of the execution, if its input names one. */
  identity: BuildIdentity | undefined;
  /** Whether it was to take a published image to further targets. */
  addition?: boolean;
  /** Of a build of several variants: the manifests of their builds, as far as they are written. */
  variants?: Manifest[];
  error?: string | undefined;
  cause?: string | undefined;
}

/** An e-mail. SNS limits subjects to less than 100 ASCII characters. */
export interface Notification {
  subject: string;
  text: string;
}

/** Whether a manifest belongs to this execution, and not to another one of the same build. */
function tellsOf({ timings }: Manifest, { startedAt, endedAt }: EndedExecution): boolean {
  const [first] = timings;
  const began = first ? Date.parse(first.startedAt) : Number.NaN;
  return began >= startedAt - 1000 && began <= endedAt;
}

/** The mail about an execution that has ended. Undefined if a build found nothing to do. */
export function notificationOf(
  ended: EndedExecution,
  found: Manifest | undefined,
  place: { deployment: string; bucket: string },
): Notification | undefined {
  const added = found?.added?.find(({ execution }) => execution === ended.execution);
  const tells = found && (added !== undefined || tellsOf(found, ended)) && !isRefusal(ended.error ?? '');
  const manifest = tells ? found : undefined;
  if (ended.status === 'SUCCEEDED' && ended.addition && !added) return undefined;
  if (ended.status === 'SUCCEEDED' && manifest?.status === 'up-to-date') return undefined;
  const { identity } = ended;
  const who = identity?.recipe ?? 'a build';
  const reached = added && ended.status === 'SUCCEEDED' ? `got to ${fewOf(added.targets, ', ')}` : undefined;
  const [verdict, more] = reached === undefined ? verdictOf(ended, manifest) : [reached, []];
  const title = `${who} ${verdict}`;
  const paragraphs: (string[] | null | undefined)[] = [
    [`${title}.`, ...more],
    facts(ended, manifest),
    manifest && targetLines([...manifest.targets, ...(manifest.copiedTo ?? [])]),
    manifest?.failure && remains(manifest.failure, manifest),
    ...(ended.variants ?? []).map(variantLines),
    links(ended, manifest, place),
  ];
  const text = paragraphs.flatMap((lines) => (lines && lines.length > 0 ? [lines.join('\n')] : [])).join('\n\n');
  const subject = ascii(`${place.deployment}: ${title}`).slice(0, 99).trimEnd();
  return { subject, text: `${text}\n` };
}

const ascii = (text: string) => text.replaceAll(/[^\x20-\x7e]+/g, ' ');

/** The outcome in a few words, and its explanation. */
function verdictOf(ended: EndedExecution, manifest: Manifest | undefined): [string, string[]] {
  const { status, cleanUp, error, cause } = ended;
  const again = 'clean-up-build is removing what it made; its manifest is there when that is done.';
  if (cleanUp) {
    const advice = 'Things may be left behind: look for the tag golden:build in every region of the recipe.';
    return [`was NOT CLEANED UP: clean-up-build ended as ${status}`, [...reasonOf(error, cause), advice]];
  }
  if (status === 'ABORTED') return ['was stopped', [again]];
  if (status === 'TIMED_OUT') return ['ran out of time', [again]];
  if (status === 'SUCCEEDED') {
    const failed = manifest?.targets.filter((target) => target.status !== 'published').length ?? 0;
    const left = manifest?.failure ? ', but not everything temporary is gone' : '';
    return [`is published${failed > 0 ? `, without ${failed} of its targets` : ''}${left}`, []];
  }
  const failure = manifest?.failure;
  if (!failure) return [`FAILED${error ? `: ${error}` : ''}`, reasonOf(error, cause)];
  return [`FAILED in ${failure.state}: ${failure.error}`, reasonOf(failure.error, failure.cause)];
}

const mostOfMessage = 4000;

/** The error message, what it means and what to do. */
function reasonOf(error: string | undefined, cause: string | undefined): string[] {
  if (error === undefined) return ['The execution has the reason.'];
  const said = failureMessage({ Error: error, Cause: cause });
  const explained = explainFailure(error);
  return [
    said.length > mostOfMessage ? `… ${said.slice(-mostOfMessage)}` : said,
    ...(explained ? ['', `It means: ${explained.means}.`, `What to do: ${explained.advice}.`] : []),
  ];
}

function facts({ identity, startedAt, endedAt }: EndedExecution, manifest: Manifest | undefined): string[] {
  const rows: [string, string | undefined][] = [
    ['Build', identity?.build],
    ['Image', manifest?.image?.name],
    ['Source', manifest?.source ? `${manifest.source.ami} ${manifest.source.name}` : undefined],
    ['Took', durationOf((endedAt - startedAt) / 1000)],
    ['Cost', manifest?.cost && costLine(manifest.cost)],
  ];
  return rows.flatMap(([title, value]) => (value === undefined ? [] : [`${title.padEnd(9)}${value}`]));
}

/** Links for the mail. The manifest is linked if it exists, or will exist once the clean-up has ended. */
function links(ended: EndedExecution, manifest: Manifest | undefined, { bucket }: { bucket: string }): string[] {
  const { execution, identity, status, cleanUp } = ended;
  const expected = manifest !== undefined || cleanUp || status === 'ABORTED' || status === 'TIMED_OUT';
  const key = identity && expected ? keyOf(identity, 'manifest') : undefined;
  const page = identity && expected ? pageObject.key(identity) : undefined;
  const rows: [string, string | undefined][] = [
    ['Execution', executionLink(execution) ?? execution],
    ['Page', page && `s3://${bucket}/${page}`],
    ['', page && objectLink(execution, bucket, page)],
    ['Manifest', key && `s3://${bucket}/${key}`],
    ['', key && objectLink(execution, bucket, key)],
  ];
  return rows.flatMap(([title, value]) => (value === undefined ? [] : [`${title.padEnd(11)}${value}`]));
}

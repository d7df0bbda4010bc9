import type { Manifest } from '../build/manifest.ts';
import type { Plan } from '../build/plan.ts';
import type { ChannelLedger } from '../distribute/channel.ts';
import type { TargetResult } from '../distribute/distribution.ts';
import { inPlace, parameterOfPlace, onlyPlace, type Place } from '../distribute/place.ts';
import { isImported, isRegistered } from '../launch/registrable.ts';
import { watermarkOf } from '../publish/watermark.ts';
import type { Hold } from './hold.ts';
import { keepsImages } from './kept.ts';

/** Which parts of a build are undone. */
export interface UndoScope {
  /** Whether instances and volumes are. They are all in the pipeline's own region. */
  instances: boolean;
  /** Whether imports are. Only a build that did not complete leaves one. */
  imports?: boolean;
  /** Regions whose AMIs and snapshots are undone. */
  regions: string[];
  /** AMIs that stay because they are published. */
  published: { region: string; ami: string }[];
  /** The channel's parameters in the regions where an AMI of the build may stand in them. */
  channels: { region: string; parameter: string }[];
  /** A publish that did not complete, which is taken back. */
  takesBack?: ChannelLedger;
  /** The watermark that only published images carry. */
  watermark?: string;
  /** Whether the build keeps its finished AMIs. */
  keeps: boolean;
  /** The instance that a person looks at now. */
  held?: Hold | undefined;
}

const distinct = <T>(list: T[]): T[] => [...new Map(list.map((one) => [JSON.stringify(one), one])).values()];

/**
 * The scope of a published build: remains of failed targets, copies that lost a race, and the first AMI if the pipeline's own
 * region is no target. A target that the ledger calls published stays, even if found wrong later: the build may have been started
 * again.
 */
export function scopeOfPublished(
  { region: home, adds, document }: Pick<Plan, 'region' | 'adds' | 'document'>,
  ledger: Pick<ChannelLedger, 'after'> | undefined,
  targets: TargetResult[],
): UndoScope {
  const first = inPlace(targets, { region: home }) ?? { region: home, error: 'it is no target' };
  const failed = (adds ? targets : [first, ...targets]).filter(({ error }) => error !== undefined);
  // CreateSnapshots and CopySnapshot have no token, so a lost answer can leave a second set of snapshots.
  const unregistered = !adds && isRegistered(document) ? [{ region: home }] : [];
  const raced = targets.filter((one) => inPlace(document.distribute, one)?.completeWithin !== undefined);
  const regions = distinct([...failed, ...raced, ...unregistered].map(({ region }) => region));
  return { instances: true, regions, published: ledger?.after ?? [], channels: [], keeps: false };
}

/**
 * The scope of a build that failed or died. Once the ledger is complete, the image is published, and later failures change nothing. A
 * build that was published before keeps all its images.
 */
export function scopeOfFailed(
  plan: Plan,
  ledger: ChannelLedger | undefined,
  manifest: Pick<Manifest, 'status'> | undefined,
): UndoScope {
  const { adds } = plan;
  // An execution that adds targets leaves alone what was published before it.
  const targets = (adds?.targets ?? plan.document.distribute).map(onlyPlace);
  if (ledger?.complete) {
    const results = targets.map((place) =>
      inPlace(ledger.after, place) ? place : { ...place, error: 'it was not published' },
    );
    return scopeOfPublished(plan, ledger, results);
  }
  const begun = manifest?.status === 'published' ? [] : [{ region: plan.region }, ...targets];
  const places = adds ? targets : begun;
  const regions = distinct(places.map(({ region }) => region));
  const inChannel = (parameter: string, place: Place) => ({
    region: place.region,
    parameter: parameterOfPlace(parameter, place),
  });
  const written = (ledger?.after ?? []).map((place) => inChannel(ledger?.parameter ?? '', place));
  const watermark = watermarkOf(plan);
  const own = plan.channel;
  const guarding = own === undefined ? [] : places.map((place) => inChannel(own, place));
  return {
    instances: true,
    ...(isImported(plan.document) && { imports: true }),
    regions,
    published: adds?.published ?? [],
    channels: distinct([...written, ...guarding]),
    ...(ledger && { takesBack: ledger }),
    ...(watermark !== undefined && { watermark }),
    keeps: !adds && keepsImages(plan),
  };
}

/**
 * A scope in parts that can be undone each on its own: `instances` for instances and volumes, and a part for each region with its
 * channel, AMIs and snapshots.
 */
export function scopesByPlace(scope: UndoScope): Map<string, UndoScope> {
  const { takesBack: ledger } = scope;
  const regions = distinct([...scope.regions, ...scope.channels.map(({ region }) => region)]);
  const { imports: _imports, ...ofRegions } = scope;
  const partOf = (region: string): UndoScope => {
    const here = (one: { region: string }) => one.region === region;
    return {
      ...ofRegions,
      instances: false,
      regions: scope.regions.filter((one) => one === region),
      channels: scope.channels.filter(here),
      ...(ledger && {
        takesBack: {
          ...ledger,
          after: ledger.after.filter(here),
          ...(ledger.templates && { templates: ledger.templates.filter(here) }),
        },
      }),
    };
  };
  const { takesBack: _, ...rest } = scope;
  const parts = new Map<string, UndoScope>();
  if (scope.instances) parts.set('instances', { ...rest, regions: [], channels: [] });
  for (const region of regions) parts.set(region, partOf(region));
  return parts;
}

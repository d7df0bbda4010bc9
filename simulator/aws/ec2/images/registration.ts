import { ApiError, type Caller } from '../../calls/actions.ts';
import { imageStateChange, snapshotNotification } from '../../events/events.ts';
import { keyNamed } from '../../keys.ts';
import { wildcard } from '../filters.ts';
import type { Region } from '../../state/region.ts';
import type { World } from '../../state/world.ts';
import type { Image } from '../../state/images.ts';
import type { Snapshot } from '../../state/snapshots.ts';

const keyRefusal = 'Given key ID is not accessible';

interface Fate {
  at: number;
  failure?: string | undefined;
  /** The key that its snapshots get, even if the request named another. */
  keyArn?: string | undefined;
}

/** When and how the creation of an image ends. */
export function fateOf(
  world: World,
  region: Region,
  making: {
    kind: 'createImage' | 'copyImage' | 'restoreImage' | 'importSnapshot';
    id: string;
    name: string;
    gib: number;
    keyRefused?: boolean;
    /** When a time-based copy ends. */
    timedEnd?: number;
  },
): Fate {
  const { kind, id, name, gib, keyRefused = false, timedEnd } = making;
  const rule = world.rules.images.find(
    (each) => (each.region ?? region.name) === region.name && wildcard(each.name).test(name),
  );
  if (rule) world.hits.add(rule);
  const at = (seconds: number) => world.clock.now() + seconds * 1000;
  const draw = (drawn: 'keyRefused' | typeof kind) =>
    world.delays.draw(drawn, { resource: id, region: region.name, gib });
  const keyArn = rule?.key === undefined ? undefined : keyOfRule(world, region, rule.key);
  if (rule) return { at: timedEnd ?? at(rule.afterSeconds ?? draw(kind)), failure: rule.fail, keyArn };
  if (keyRefused) return { at: at(draw('keyRefused')), failure: keyRefusal };
  const fails = world.happens(kind === 'createImage' ? 'imageFails' : 'copyFails', region.name);
  return { at: timedEnd ?? at(draw(kind)), failure: fails ? 'Internal error' : undefined };
}

function keyOfRule(world: World, { name: region }: Region, name: string): string {
  const key = keyNamed(world.keys, { region, account: world.account }, name);
  if (!key) throw new Error(`the scenario encrypts with ${name}, which is no key in ${region}`);
  return key.arn;
}

/** Registers a pending image, and lets it and its snapshots end as decided. */
export function register(world: World, region: Region, image: Image, snapshots: Snapshot[], fate: Fate) {
  region.images.set(image.id, image);
  world.clock.at(fate.at, () => {
    for (const snapshot of snapshots) {
      snapshot.state = fate.failure ? 'error' : 'completed';
      if (fate.failure) snapshot.stateMessage = fate.failure;
      if (region.snapshots.has(snapshot.id)) world.emit(snapshotNotification(region.name, snapshot, fate.at));
    }
    world.views.note();
    if (image.state !== 'pending') return; // deregistering a pending image cancels it
    image.state = fate.failure ? 'failed' : 'available';
    if (fate.failure) image.stateReason = { Code: 'Client.InternalError', Message: fate.failure };
    world.views.note();
    world.emit(imageStateChange(region.name, image));
  });
  return { ImageId: image.id };
}

export function refuseNamesake(region: Region, caller: Caller, name: string): void {
  const namesake = [...region.images.values()].find(
    (image) => image.owner === caller.account && image.name === name && image.state !== 'deregistered',
  );
  if (namesake)
    throw new ApiError('InvalidAMIName.Duplicate', `AMI name ${name} is already in use by AMI ${namesake.id}`);
}

export function validName(name = ''): string {
  if (/^[a-zA-Z0-9()[\] ./\-'@_]{3,128}$/.test(name)) return name;
  throw new ApiError(
    'InvalidAMIName.Malformed',
    `AMI names must be between 3 and 128 characters long, and may contain letters, numbers, '(', ')', '.', '-', '/' and '_': '${name}'`,
  );
}

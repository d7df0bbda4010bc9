import type { Instance } from '../../state/instances.ts';
import type { World } from '../../state/world.ts';

/** The variables of a step with its disks, or what the step prints to stderr. */
type Disks = { values: Record<string, string>; refused?: never } | { refused: string };

/** Finds disks as a guest on Nitro does. It numbers them in no order of their devices, but for the root disk. */
export function findDisks(world: World, instance: Instance, wanted: Record<string, string>): Disks {
  const places = [...world.region(instance.region).volumes.values()]
    .flatMap(({ attachment }) => (attachment?.instance === instance.id ? [attachment.device] : []))
    .filter((device) => device !== instance.rootDevice)
    .map((device) => device.replace(/^(\/dev\/)?(sd|xvd)/, ''))
    .toReversed();
  const values: Record<string, string> = {};
  for (const [variable, place] of Object.entries(wanted)) {
    const number = places.indexOf(place) + 1;
    if (number === 0) return { refused: `there is no disk ${place} on this instance, which is for ${variable}\n` };
    values[variable] = instance.system === 'Windows' ? String(number) : `/dev/nvme${number}n1`;
  }
  return { values };
}

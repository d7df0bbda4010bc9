import type { HostFacts, Seen, SubnetFacts } from '../preflight/facts.ts';
import type { Problem } from '../recipe/problems.ts';
import type { Recipe } from '../recipe/types.ts';

interface HostsSeen {
  region: string;
  /** Absent where the recipe names no host. `found` is null where EC2 does not know it. */
  host?: Seen<HostFacts | null>;
  network: { subnets: Seen<SubnetFacts[]> };
}

const path = ['builder', 'hostId'];

/** A Dedicated Host on which Launch would try for an hour in vain. */
export function hostProblems({ builder }: Recipe, { region, host, network: { subnets } }: HostsSeen): Problem[] {
  if (host?.found === undefined) return [];
  const problem = (message: string): Problem[] => [{ path, message: `${builder.hostId} ${message}` }];
  const { found } = host;
  if (found === null) return problem(`does not exist in ${region}, or is not shared with this account; correct the id`);
  const { state, zone, family } = found;
  if (state !== 'available') return problem(`in ${region} is ${state}, so nothing can be launched on it`);
  const fits = (type: string) => type === family || type.split('.')[0] === family;
  return [
    ...(family === undefined || builder.instanceTypes.some(fits)
      ? []
      : problem(
          `is for ${family}, and none of ${builder.instanceTypes.join(', ')} is; name a type that fits the host`,
        )),
    ...(!subnets.found?.length || subnets.found.some((subnet) => subnet.zone === zone)
      ? []
      : problem(`is in ${zone}, and no subnet of the builder is; name one of that zone in builder.subnets`)),
  ];
}

/** A look that AWS refused. */
export const hostNotes = ({ host }: HostsSeen): Problem[] =>
  host?.refused === undefined
    ? []
    : [
        {
          path,
          message: `could not look at the host before the build, so a mistake there may show only during the build: ${host.refused}`,
        },
      ];

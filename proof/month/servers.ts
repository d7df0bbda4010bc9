import { ApiError, ConnectionLost } from '../../simulator/aws/calls/actions.ts';
import type { Simulation } from '../../simulator/pipeline/simulation.ts';
import type { Image } from '../../simulator/aws/state/images.ts';

/** A server that somebody launched from an image of a channel. Instants are ISO 8601. */
export interface ServerLife {
  account: string;
  region: string;
  ami: string;
  from: string;
  /** Null while it exists. */
  until: string | null;
}

const daySeconds = 86_400;
/** Days between two launches, and days that a server exists. */
const pause = { from: 1, to: 6 };
const life = { from: 1, to: 160 };

/**
 * Lets servers come and go: from time to time somebody launches the image of a channel, in the pipeline's account or in one that the image
 * is shared with. Some servers are stopped for the second half of their life.
 */
export function runServers({ cloud, clock }: Simulation, regions: string[]): ServerLife[] {
  const servers: ServerLife[] = [];
  const random = cloud.random('servers');
  const ec2 = cloud.services.ec2;
  const later = (days: number, work: () => void) => void clock.at(clock.now() + days * daySeconds * 1000, work);
  const isoNow = () => new Date(clock.now()).toISOString();
  const choose = <T>(list: T[]): T | undefined => list[Math.floor(random.next() * list.length)];

  /** Images that channels name, with who may launch them. */
  const offered = (): { region: string; image: Image; account: string }[] =>
    regions.flatMap((region) => {
      const { parameters, images } = cloud.world.region(region);
      return [...parameters.values()].flatMap(({ owner, name, versions }) => {
        const image = name.startsWith('/golden/') ? images.get(versions.at(-1)?.value ?? '') : undefined;
        if (!image || owner === 'aws' || image.owner !== owner) return [];
        const accounts = [owner, ...image.permissions.flatMap(({ UserId }) => UserId ?? [])];
        return accounts.map((account) => ({ region, image, account }));
      });
    });

  function launch(): void {
    const days = random.between(life.from, life.to);
    const stops = random.next() < 0.3;
    const one = choose(offered());
    later(random.between(pause.from, pause.to), launch);
    if (!one) return;
    const { region, image, account } = one;
    const caller = { account, region };
    const type = image.architecture === 'arm64' ? 't4g.small' : 't3.small';
    const asked = { ImageId: image.id, InstanceType: type, MinCount: 1, MaxCount: 1 };
    attempt(() => ec2['RunInstances']?.(asked, caller));
    const { instances } = cloud.world.region(region);
    const made = [...instances.values()].findLast((each) => each.image === image.id && each.owner === account);
    if (made?.launchedAt !== clock.now()) return;
    const server: ServerLife = { account, region, ami: image.id, from: isoNow(), until: null };
    servers.push(server);
    const InstanceIds = [made.id];
    if (stops) later(days / 2, () => attempt(() => ec2['StopInstances']?.({ InstanceIds }, caller)));
    const end = () => {
      attempt(() => ec2['TerminateInstances']?.({ InstanceIds }, caller));
      if (made.state === 'shutting-down' || made.state === 'terminated') server.until = isoNow();
      else later(0.1, end);
    };
    later(days, end);
  }
  later(pause.from, launch);
  return servers;
}

/** A call that EC2 may refuse, or whose answer may be lost, as on a bad day. The state of the instance shows what came of it. */
function attempt(call: () => unknown): void {
  try {
    call();
  } catch (error) {
    if (!(error instanceof ApiError) && !(error instanceof ConnectionLost)) throw error;
  }
}

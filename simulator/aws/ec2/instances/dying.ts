import { move } from './instances.ts';
import type { World } from '../../state/world.ts';
import type { Instance } from '../../state/instances.ts';

const spot = 'Server.SpotInstanceTermination: Instance terminated due to spot instance interruption';

/** Ends an instance while it is in use, because of a scenario or by chance. */
export function mayDie(world: World, instance: Instance): void {
  const role = instance.tags.get('golden:role');
  const earlier = [...world.region(instance.region).instances.values()].filter(
    (each) => each !== instance && each.tags.get('golden:role') === role,
  );
  const rule = world.rules.instances.find((each) => each.role === role && earlier.length < (each.times ?? Infinity));
  if (rule) {
    world.hits.add(rule);
    die(world, instance, rule.dies.afterSeconds, rule.dies.reason ?? spot);
  } else if (world.happens('interrupted', instance.region)) {
    die(world, instance, world.chance('interruption', instance.region).between(30, 600), spot);
  }
}

function die(world: World, instance: Instance, seconds: number, Message: string): void {
  world.after(seconds, () => {
    if (instance.state === 'shutting-down' || instance.state === 'terminated') return;
    instance.reason = { Code: Message.split(':')[0]!, Message };
    move(world, instance, 'shutting-down', 'instanceTerminate', 'terminated');
  });
}

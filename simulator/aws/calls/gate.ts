import { ConnectionLost, type Action, type Actions, type Caller } from './actions.ts';
import { refuseWhereOff } from '../ec2/network/regions.ts';
import { refuseOutsideSession } from '../sts.ts';
import { refuseUnseen } from '../ec2/instances/unseen.ts';
import { createFaults, errorOf } from './faults.ts';
import type { Interference, Interfered } from '../../pipeline/interference.ts';
import type { createThrottle } from './throttling.ts';
import type { World } from '../state/world.ts';

type Fate = { before?: Error | 'dropped' | undefined; after?: Error | undefined };

/** Wraps every action with interference by tests and scenarios, request limits and chance. */
export function createGate(
  world: World,
  throttle: ReturnType<typeof createThrottle>,
  interfere: Interference['call'],
): (service: string, actions: Actions) => Actions {
  const faults = createFaults(() => world.rules.api);
  const ordinals = new Map<string, number>();

  function fateOf(service: string, action: string, { account, region, run }: Caller): Fate {
    const { name: by, payload } = run ?? {};
    const ordinal = (ordinals.get(by ?? '') ?? 0) + 1;
    ordinals.set(by ?? '', ordinal);
    const hit = faults(service, action, region);
    for (const rule of hit) world.hits.add(rule);
    const before = hit.find((fault) => !fault.after);
    const after = hit.find((fault) => fault.after);
    if (before ?? after) return { before: before && errorOf(before), after: after && errorOf(after) };
    const fate = interfere?.({ ...(by !== undefined && { by, payload }), service, action, account, region, ordinal });
    if (fate) return interfered(fate);
    return world.happens('lostAnswers', region) ? { after: new ConnectionLost() } : {};
  }

  const pass =
    (service: string, name: string, action: Action): Action =>
    (input, caller) => {
      const { before, after } = fateOf(service, name, caller);
      if (before === 'dropped') return {};
      if (before) throw before;
      refuseWhereOff(world, service, caller.region);
      refuseOutsideSession(world, service, name, caller);
      throttle(service, name, input, caller);
      const output = answer(world, service, name, () => action(input, caller), input, caller);
      if (after) throw after;
      return output;
    };
  return (service, actions) =>
    Object.fromEntries(Object.entries(actions).map(([name, action]) => [name, pass(service, name, action)]));
}

function interfered(fate: Interfered): Fate {
  if (fate === 'dropped') return { before: fate };
  if (fate === 'before') return { before: new ConnectionLost() };
  if (fate === 'after') return { after: new ConnectionLost() };
  return fate.effect ? { after: errorOf(fate) } : { before: errorOf(fate) };
}

/** A late read sees an earlier state. Another call is refused if it needs something that the earlier state lacks. */
function answer(
  world: World,
  service: string,
  name: string,
  act: () => unknown,
  input: Record<string, unknown>,
  caller: Caller,
): unknown {
  if (service !== 'ec2' && service !== 'ssm') return act();
  const past = world.views.draw(caller.region);
  if (/^(Describe|Get|List)/.test(name)) return past ? world.views.look(past, act) : act();
  if (past && service === 'ec2') refuseUnseen(world.region(caller.region), past, name, input, caller);
  try {
    return act();
  } finally {
    world.views.note();
  }
}

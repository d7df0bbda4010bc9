import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Node {
  Type: string;
  Resource?: string;
  HeartbeatSeconds?: number;
  ItemsPath?: string;
  ItemProcessor?: { States: Record<string, Node> };
  Branches?: { States: Record<string, Node> }[];
}

/** A Task state of a machine, and its enclosing Map. */
export interface Task {
  state: string;
  /** Seconds between its heartbeats, if it waits for its token. */
  heartbeat?: number;
  map?: string;
}

/** Every machine that is struck, with the beginning of the names of its places. Places of a build and of the sweep have none. */
export const struckMachines = {
  'build-image': '',
  'clean-up-build': 'clean-up/',
  sweep: '',
  'move-channel': 'move/',
  'share-image': 'share/',
  'plan-build': 'plan/',
  'retire-images': 'retire/',
  'archive-image': 'archive/',
} as const;
export type MachineName = keyof typeof struckMachines;
export const machineNames = Object.keys(struckMachines) as MachineName[];

/** Every Task state of a machine in file order, and for each Map the input key that it iterates over. */
export function readMachine(name: MachineName): {
  tasks: Task[];
  itemsOf: Map<string, string>;
} {
  const file = join(process.env['GOLDEN_ROOT'] ?? '.', `statemachines/${name}.asl.json`);
  const { States } = JSON.parse(readFileSync(file, 'utf8')) as { States: Record<string, Node> };
  const itemsOf = new Map<string, string>();
  const within = (states: Record<string, Node>, map?: string): Task[] =>
    Object.entries(states).flatMap(([state, { Type, HeartbeatSeconds, ItemsPath = '', ItemProcessor, Branches }]) => {
      if (Type === 'Map') {
        // Grant iterates over the results of Copy, which are in the order of the targets.
        itemsOf.set(state, ItemsPath.replace(/^\$\.(copied\.)?/, ''));
        return within(ItemProcessor?.States ?? {}, state);
      }
      if (Branches) return Branches.flatMap((branch) => within(branch.States, map));
      if (Type !== 'Task') return [];
      return [{ state, ...(HeartbeatSeconds && { heartbeat: HeartbeatSeconds }), ...(map !== undefined && { map }) }];
    });
  return { tasks: within(States), itemsOf };
}

/** The Task states of a machine under the names of their places. */
export const taskPlaces = (name: MachineName): Task[] =>
  readMachine(name).tasks.map((task) => ({ ...task, state: `${struckMachines[name]}${task.state}` }));

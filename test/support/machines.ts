import { readdirSync } from 'node:fs';

/** The names of all state machines, as their files in statemachines/ are called. */
export const allMachines = readdirSync('statemachines').map((file) => file.replace('.asl.json', ''));

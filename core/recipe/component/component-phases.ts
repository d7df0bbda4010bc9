/** The phases of a component document that a step and a check run, as EC2 Image Builder does. */
export const componentPhases = { provision: ['build', 'validate'], checks: ['test'] } as const;

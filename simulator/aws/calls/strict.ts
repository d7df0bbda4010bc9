import { ApiError, type Action, type Caller } from './actions.ts';

interface Shape {
  [parameter: string]: Shape;
}

/**
 * An action that refuses every parameter it does not list, so that no parameter of a handler is silently ignored. `parameters`
 * are names separated by spaces; a dot selects a member of a structure (or of each structure in a list).
 */
export function strict<Input>(
  name: string,
  parameters: string,
  run: (input: Input, caller: Caller) => unknown,
): Action {
  const shape: Shape = {};
  for (const path of parameters.split(/\s+/)) {
    let level = shape;
    for (const part of path.split('.')) level = level[part] ??= {};
  }
  return (input, caller) => {
    refuseUnknown(name, input, shape, '');
    return run(input as Input, caller);
  };
}

export const page = 'MaxResults NextToken';
export const filters = 'Filters.Name Filters.Values';
export const tagSpecificationParameters =
  'TagSpecifications.ResourceType TagSpecifications.Tags.Key TagSpecifications.Tags.Value';

/** The value of a parameter that AWS requires. */
export function required<T>(value: T | undefined, parameter: string, code = 'MissingParameter'): T {
  if (value === undefined) throw new ApiError(code, `The request must contain the parameter ${parameter}`);
  return value;
}

/**
 * A request that is right and allowed, with DryRun. EC2 answers it by an error and does nothing. It does not look for room:
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html
 */
export function refuseDryRun({ DryRun }: { DryRun?: boolean | undefined }): void {
  if (DryRun) throw new ApiError('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', 412);
}

function refuseUnknown(name: string, value: unknown, shape: Shape, path: string): void {
  if (Array.isArray(value)) return value.forEach((member) => refuseUnknown(name, member, shape, path));
  if (typeof value !== 'object' || value === null) return;
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined) continue;
    const known = shape[key];
    if (!known) throw new Error(`the simulator does not implement parameter ${path}${key} of ${name}`);
    if (Object.keys(known).length > 0) refuseUnknown(name, member, known, `${path}${key}.`);
  }
}

import type {
  DescribeStackDriftDetectionStatusInput,
  DescribeStackResourceDriftsInput,
  DetectStackDriftInput,
  StackResourceDrift,
} from '@aws-sdk/client-cloudformation';
import { ApiError, type Actions, type Caller } from '../calls/actions.ts';
import { strict } from '../calls/strict.ts';
import { uuid } from '../keys.ts';
import type { World } from '../state/world.ts';

/** A stack as far as its drift goes. */
interface ComparedStack {
  id: string;
  name: string;
  status: string;
}
type ExistingStack = (name: string | undefined, caller: Caller, message: string) => ComparedStack;

/**
 * The drift of stacks. A comparison takes a while, and until it ends the resources have the drift of the comparison before.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DetectStackDrift.html and the pages of the other actions
 */
export function driftActions(world: World, existing: ExistingStack): Actions {
  const drifts = new Drifts(world, existing);
  return {
    DetectStackDrift: strict('cloudformation:DetectStackDrift', 'StackName', (input: DetectStackDriftInput, caller) =>
      drifts.detect(input, caller),
    ),
    DescribeStackDriftDetectionStatus: strict(
      'cloudformation:DescribeStackDriftDetectionStatus',
      'StackDriftDetectionId',
      (input: DescribeStackDriftDetectionStatusInput) => drifts.status(input),
    ),
    DescribeStackResourceDrifts: strict(
      'cloudformation:DescribeStackResourceDrifts',
      'StackName StackResourceDriftStatusFilters NextToken',
      (input: DescribeStackResourceDriftsInput, caller) => drifts.resources(input, caller),
    ),
  };
}

class Drifts {
  readonly #world: World;
  readonly #existing: ExistingStack;
  readonly #comparisons = new Map<string, { stack: ComparedStack; done: boolean }>();
  readonly #found = new Map<string, StackResourceDrift[]>();

  constructor(world: World, existing: ExistingStack) {
    this.#world = world;
    this.#existing = existing;
  }

  #stack(name: string | undefined, caller: Caller): ComparedStack {
    return this.#existing(name, caller, `Stack [${name}] does not exist`);
  }

  detect({ StackName }: DetectStackDriftInput, caller: Caller): object {
    const stack = this.#stack(StackName, caller);
    if (!stack.status.endsWith('_COMPLETE'))
      throw new ApiError(
        'ValidationError',
        `Drift detection cannot be performed on stack [${stack.id}] in ${stack.status} state`,
      );
    const id = uuid('drift', caller.region, `${stack.name} ${this.#comparisons.size}`);
    const comparison = { stack, done: false };
    this.#comparisons.set(id, comparison);
    const seconds = this.#world.delays.draw('stackChange', { resource: stack.name, region: caller.region });
    this.#world.after(seconds, () => {
      comparison.done = true;
      this.#found.set(stack.id, this.#world.drifts.get(stack.name) ?? []);
    });
    return { StackDriftDetectionId: id };
  }

  status({ StackDriftDetectionId = '' }: DescribeStackDriftDetectionStatusInput): object {
    const comparison = this.#comparisons.get(StackDriftDetectionId);
    if (!comparison)
      throw new ApiError('ValidationError', `Drift detection status for ${StackDriftDetectionId} does not exist`);
    const { stack, done } = comparison;
    const drifted = (this.#found.get(stack.id) ?? []).length > 0;
    return {
      StackId: stack.id,
      StackDriftDetectionId,
      DetectionStatus: done ? 'DETECTION_COMPLETE' : 'DETECTION_IN_PROGRESS',
      ...(done && { StackDriftStatus: drifted ? 'DRIFTED' : 'IN_SYNC' }),
    };
  }

  resources({ StackName, StackResourceDriftStatusFilters = [] }: DescribeStackResourceDriftsInput, caller: Caller) {
    const wanted: string[] = StackResourceDriftStatusFilters;
    const found = this.#found.get(this.#stack(StackName, caller).id) ?? [];
    return {
      StackResourceDrifts: found.filter(({ StackResourceDriftStatus = '' }) =>
        wanted.includes(StackResourceDriftStatus),
      ),
    };
  }
}

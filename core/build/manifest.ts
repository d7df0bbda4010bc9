import type { AccountResult } from '../accounts/planned-copies.ts';
import type { WithAdded } from '../addition/addition.ts';
import type { TargetResult } from '../distribute/distribution.ts';
import { inPlace, parameterOfPlace, onlyPlace, type Place } from '../distribute/place.ts';
import type { FailedStep } from '../guest/steps/attempts.ts';
import type { SkippedStep } from '../guest/steps/applicable-steps.ts';
import type { HeldInstance } from '../undo/hold.ts';
import type { KeptImage } from '../undo/kept.ts';
import { firstImageName, imageNameIn } from '../distribute/image-name.ts';
import {
  copiedToOf,
  statusOf,
  type BuildStatus,
  type ManifestAccountCopy,
  type TargetStatus,
} from '../accounts/manifest-copies.ts';
import type { ParameterValue } from '../recipe/parameters/values.ts';
import type { Plan } from './plan.ts';
import type { Timing } from './timings.ts';
import type { CostEstimate } from '../report/cost-estimate.ts';
import type { WastedCopies } from '../report/wasted.ts';

/** The record of a build: `builds/<recipe>/<build>/manifest.json` in the bucket, and what `golden … --json` prints last. */
export interface Manifest extends WithAdded {
  schema: 1;
  recipe: string;
  build: string;
  status: BuildStatus;
  source: { ami: string; owner: string; name: string; region: string } | null;
  image: { name: string; ami: string; region: string; snapshots: string[] } | null;
  targets: ManifestTarget[];
  /** The builds of the recipe's variants, each with a manifest of its own. Absent for a recipe that is built alone. */
  variants?: { recipe: string; build: string; status: string }[];
  /** Copies in other accounts. Absent where the recipe asks for none. */
  copiedTo?: ManifestAccountCopy[];
  timings: Timing[];
  failure: ManifestFailure | null;
  /** `start` where the image differs from the deployed recipe's image. Absent where it is the same. */
  origin?: 'start';
  /** Steps and checks that do not apply to the source image. Absent where all do. */
  skipped?: SkippedStep[];
  /** The values that the build has for the recipe's parameters. Absent for a recipe without any. */
  parameters?: Record<string, ParameterValue>;
  /** Steps that failed and after which the build went on. Absent where there are none. */
  failedSteps?: FailedStep[];
  /** Notes that did not stop the build: a check that AWS refused to Resolve, output that did not arrive. */
  notes?: string[];
  /** Estimated cost of this execution. Absent where nothing was planned, and in manifests of earlier versions. */
  cost?: CostEstimate;
}

export interface ManifestTarget extends Place {
  /** Absent where the image is called like the build's first one, and in manifests of earlier versions. */
  name?: string;
  ami: string | null;
  snapshots: string[];
  accounts: string[];
  organizations: string[];
  organizationalUnits: string[];
  allowPublic?: true; // everyone may launch it
  parameter: string | null;
  status: TargetStatus;
  error: string | null;
}

export interface ManifestFailure {
  state: string;
  /** Name of the step or check that failed. Absent where the build failed elsewhere, and in manifests of earlier versions. */
  step?: string;
  error: string;
  cause: string;
  undone: string[];
  left: string[];
  /** Images that are kept because the recipe says `onFailure: keep-image` or `hold`. */
  kept: KeptImage[];
  /** The instance that a person can look at until then. Absent where none is held, and in manifests of earlier versions. */
  held?: HeldInstance;
  /** Copies that were made for nothing. Absent where there are none, and in manifests of earlier versions. */
  wasted?: WastedCopies;
}

interface ManifestParts {
  plan: Plan;
  status: Manifest['status'];
  image?: { ami: string; snapshots: string[] } | undefined;
  /** What Copy, Grant or Verify found, by place. A target of the plan that is absent was never reached. */
  targets: TargetResult[];
  /** The same of copies in other accounts. */
  copiedTo?: AccountResult[];
  /** Parameter of the channel, where the build wrote one. A further copy in a region has one below it. */
  parameter: string | null;
  timings: Timing[];
  failure: ManifestFailure | null;
}

export function manifestOf(parts: ManifestParts): Manifest {
  const { plan, status, image, targets, parameter, timings, failure } = parts;
  const copiedTo = copiedToOf(parts);
  const { source, document } = plan;
  return {
    schema: 1,
    recipe: plan.recipe,
    build: plan.build,
    status,
    ...(plan.origin && { origin: plan.origin }),
    ...(plan.parameters && { parameters: plan.parameters }),
    source: { ami: source.ami, owner: source.owner, name: source.name, region: source.region },
    image: image ? { name: firstImageName(plan), region: plan.region, ...image } : null,
    targets: document.distribute.map((target) => {
      const result = inPlace(targets, target);
      const name = imageNameIn(plan, target);
      const is = statusOf(status, result);
      return {
        ...onlyPlace(target),
        ...(name !== firstImageName(plan) && { name }),
        ami: result?.ami ?? null,
        snapshots: result?.snapshots ?? [],
        accounts: target.accounts,
        organizations: target.organizations,
        organizationalUnits: target.organizationalUnits,
        ...(target.allowPublic && { allowPublic: true as const }),
        parameter: is === 'published' && parameter !== null ? parameterOfPlace(parameter, target) : null,
        status: is,
        error: result?.error ?? null,
      };
    }),
    ...(copiedTo.length > 0 && { copiedTo }),
    timings,
    failure,
    ...(plan.added && { added: plan.added }),
    ...(plan.skipped && { skipped: plan.skipped }),
    ...(plan.failedSteps && { failedSteps: plan.failedSteps }),
    ...(plan.notes && { notes: plan.notes }),
  };
}

/** Failure entry for a published build whose temporary resources could not all be removed. */
export const leftBehind = (left: string[]): ManifestFailure => ({
  state: 'CleanUp',
  error: 'WaitTimedOut',
  cause: 'the image is published, but not everything temporary could be removed',
  undone: [],
  left,
  kept: [],
});

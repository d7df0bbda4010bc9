import type { Plan } from '../build/plan.ts';
import { accountCopyIn } from '../accounts/planned-copies.ts';
import type { AccountPlace } from '../accounts/account-copies.ts';
import type { Addition } from './addition.ts';
import { costOfAddition, type AdditionCost } from './cost.ts';
import { parameterOfPlace } from '../distribute/place.ts';
import { targetOutline, type TargetOutline } from '../distribute/target-outline.ts';

/** A target that an image would be copied to. */
interface AddedTarget extends TargetOutline {
  /** Whether everyone may launch the image there. */
  allowPublic?: true;
}

/** A copy that an image would get in another account. */
interface AddedCopy extends AccountPlace, Omit<TargetOutline, 'organizations' | 'organizationalUnits'> {}

/** What `golden distribute` does, or why nothing is missing: the output of build-image where it copies nothing. */
export interface AdditionReport {
  recipe: string;
  build: string;
  planOnly: boolean;
  /** The image that is copied. */
  from: { region: string; ami: string };
  targets: AddedTarget[];
  /** Absent where no other account gets a copy. */
  copies?: AddedCopy[];
  notes: string[];
  /** Whether the recipe has other users for images that the build has already. */
  unshared: boolean;
  cost: AdditionCost;
}

/** @param plan As the execution reads it that adds the targets. */
export function additionReport(
  plan: Plan,
  adds: Addition,
  planOnly: boolean,
  notes: string[],
  unshared: boolean,
): AdditionReport {
  const { targets, copies = [], from, channel } = adds;
  const outlined = copies.map((at): AddedCopy => {
    const { publishes, ...copy } = accountCopyIn(plan, at);
    const { organizations: _, organizationalUnits: __, ...outline } = targetOutline(plan, copy);
    const parameter = publishes && channel ? { parameter: parameterOfPlace(channel.parameter, copy) } : {};
    return { ...outline, account: copy.account, ...parameter };
  });
  return {
    recipe: plan.recipe,
    build: plan.build,
    planOnly,
    from,
    targets: targets.map((target) => ({
      ...targetOutline(plan, target, channel?.parameter),
      ...(target.allowPublic && { allowPublic: true as const }),
    })),
    ...(outlined.length > 0 && { copies: outlined }),
    notes,
    unshared,
    cost: costOfAddition(plan, targets, copies, from),
  };
}

import type { Plan } from '../build/plan.ts';
import type { Target } from '../recipe/types.ts';
import { imageNameIn } from './image-name.ts';
import { onlyPlace, parameterOfPlace, type Place } from './place.ts';

/** A target of a plan, as the verbs show it that make nothing. */
export interface TargetOutline extends Place {
  name: string;
  required: boolean;
  kmsKey?: string;
  accounts: string[];
  organizations: string[];
  organizationalUnits: string[];
  /** Absent where the image is in no channel. */
  parameter?: string;
}

/** @param parameter The channel's parameter. Absent where the image is in no channel. */
export const targetOutline = (plan: Plan, target: Target, parameter?: string): TargetOutline => ({
  ...onlyPlace(target),
  name: imageNameIn(plan, target),
  required: target.required,
  ...(target.kmsKey !== undefined && { kmsKey: target.kmsKey }),
  accounts: target.accounts,
  organizations: target.organizations,
  organizationalUnits: target.organizationalUnits,
  ...(parameter !== undefined && { parameter: parameterOfPlace(parameter, target) }),
});

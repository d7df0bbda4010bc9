import * as z from 'zod/mini';
import type { Plan } from '../core/build/plan.ts';
import type { Forecast } from '../core/forecast/forecast.ts';
import { inputPlace } from './stage.ts';

const has = (value: unknown, keys: string[]) =>
  typeof value === 'object' && value !== null && keys.every((key) => key in value);

/** A plan that ResolvePlan hands on, so that a state can try its call. */
export const rehearsedPlan = z.custom<Plan>((value) => has(value, ['recipe', 'build', 'source', 'document']));

/** What a state of plan-build is to try for a target, on an image that an earlier build published. */
export const trial = z.strictObject({ rehearsal: rehearsedPlan, ...inputPlace, ami: z.string() });

/** The forecast that ResolvePlan hands on. */
export const forecast = z.custom<Forecast>((value) => has(value, ['status', 'problems', 'notes']));

import * as z from 'zod/mini';
import { judgedForecast } from '../../core/forecast/judged-forecast.ts';
import { caughtError, lambda, stage } from '../stage.ts';
import { forecast } from '../stage-of-plan.ts';

const rehearsed = z.union([
  z.strictObject({ allowed: z.literal(true) }),
  z.strictObject({ allowed: z.literal(false), code: z.string(), message: z.string() }),
]);

/** Last state of plan-build: adds what EC2 said when the launch was tried. */
export const judgePlan = stage({
  name: 'JudgePlan',
  input: z.strictObject({
    planned: z.looseObject({
      forecast,
      launch: z.optional(z.strictObject({ answer: rehearsed })),
      failure: z.optional(caughtError),
    }),
  }),
  permissions: [],
  run: async ({ planned: { forecast: planned, launch, failure } }) =>
    judgedForecast(planned, { launch: launch?.answer, failure }),
});

export const handler = lambda(judgePlan);

import * as z from 'zod/mini';
import { judgedForecast, type TriedCall } from '../../core/forecast/judged-forecast.ts';
import { caughtError, lambda, stage } from '../stage.ts';
import { forecast } from '../stage-of-plan.ts';

const answer = z.optional(
  z.union([
    z.strictObject({ allowed: z.literal(true) }),
    z.strictObject({ allowed: z.literal(false), code: z.string(), message: z.string() }),
  ]),
);
const outcome = z.looseObject({ answer, failure: z.optional(caughtError) });
const targets = z._default(z.array(z.looseObject({ index: z.number() })), []);
const outcomes = z._default(z.array(outcome), []);

/** Last state of plan-build: adds what EC2 said when the calls of other functions were tried. */
export const judgePlan = stage({
  name: 'JudgePlan',
  input: z.strictObject({
    planned: z.looseObject({
      forecast,
      launch: z.optional(outcome),
      copies: targets,
      copied: outcomes,
      grants: targets,
      granted: outcomes,
      publishes: targets,
      triedPublishes: outcomes,
    }),
  }),
  permissions: [],
  async run({ planned: { forecast: planned, launch, copies, copied, grants, granted, publishes, triedPublishes } }) {
    const ofTargets = (state: string, list: typeof copies, said: typeof copied): TriedCall[] =>
      said.map((one, at) => ({ ...one, state, path: ['distribute', list[at]?.index ?? 0] }));
    return judgedForecast(planned, [
      ...(launch ? [{ ...launch, state: 'Launch', path: ['builder'] }] : []),
      ...ofTargets('CopyImage', copies, copied),
      ...ofTargets('GrantPermissions', grants, granted),
      ...ofTargets('Publish', publishes, triedPublishes),
    ]);
  },
});

export const handler = lambda(judgePlan);

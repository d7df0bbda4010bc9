import * as z from 'zod/mini';
import type { PlannedMove } from '../core/channel/channel-moves.ts';
import type { RevokedBuild } from '../core/channel/revocation.ts';
import { caughtError } from './stage.ts';

const isPlanned = (value: unknown): boolean => {
  const { recipe, channel, parameter, move } = (value ?? {}) as Partial<PlannedMove>;
  const names = [recipe, channel, parameter, move?.execution, move?.to?.build];
  return names.every((name) => typeof name === 'string') && Array.isArray(move?.before) && Array.isArray(move?.after);
};

/** `$.moves` of move-channel, as ResolveMove hands it on. */
export const plannedMoves = z.array(z.custom<PlannedMove>(isPlanned));

const image = z.strictObject({
  region: z.string(),
  ami: z.string(),
  account: z.optional(z.string()),
  id: z.optional(z.string()),
});
const revoked: z.ZodMiniType<RevokedBuild> = z.strictObject({
  recipe: z.string(),
  build: z.string(),
  images: z.array(image),
});

/** `$.builds`: the builds that are revoked or restored. */
export const revokedBuilds = z.array(revoked);

/** `$.asked`: the execution, and who asks for what it does. */
export const askedBy = z.strictObject({
  execution: z.string(),
  who: z.string(),
  at: z.string(),
  why: z.optional(z.string()),
});

/** The results of the states of a move that failed, as far as they got. `dead`: the execution that died, if this one undoes it. */
export const failedMove = z.looseObject({
  failure: caughtError,
  moves: z.optional(plannedMoves),
  builds: z.optional(revokedBuilds),
  asked: z.optional(askedBy),
  dead: z.optional(z.looseObject({ id: z.string() })),
});

import * as z from 'zod/mini';
import type { PlannedMove } from '../core/channel/channel-moves.ts';

const isPlanned = (value: unknown): boolean => {
  const { recipe, channel, parameter, move } = (value ?? {}) as Partial<PlannedMove>;
  const names = [recipe, channel, parameter, move?.execution, move?.to?.build];
  return names.every((name) => typeof name === 'string') && Array.isArray(move?.before) && Array.isArray(move?.after);
};

/** `$.moves` of move-channel, as ResolveMove hands it on. */
export const plannedMoves = z.array(z.custom<PlannedMove>(isPlanned));

import type { MoveRequest } from '../../core/channel/move-request.ts';
import { resolveMove, type MovePlace } from '../channel/resolve-move.ts';
import { resolveRestore, resolveRevoke } from '../channel/resolve-revoke.ts';
import type { Artifacts } from '../memory/artifacts.ts';

/** Decides what an execution of move-channel does, by its verb. @throws RecipeInvalid or MoveRefused, with every reason. */
export async function decideWhatMoves(artifacts: Artifacts, request: MoveRequest, place: MovePlace) {
  if (request.verb === 'revoke') return resolveRevoke(artifacts, request, place);
  if (request.verb === 'restore') return resolveRestore(artifacts, request, place);
  return { moves: [await resolveMove(artifacts, request, place)], builds: [], rebuild: [], hits: null };
}

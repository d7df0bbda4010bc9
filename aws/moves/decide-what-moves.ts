import { movedTogether } from '../../core/channel/channel-moves.ts';
import type { MoveRequest } from '../../core/channel/move-request.ts';
import { resolveMove } from '../channel/resolve-move.ts';
import { resolveRestore, resolveRevoke } from '../channel/resolve-revoke.ts';
import type { MovePlace } from '../channel/see-moving.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { publishedWholes } from '../variants/wholes.ts';

/** Decides what an execution of move-channel does, by its verb. @throws RecipeInvalid or MoveRefused, with every reason. */
export async function decideWhatMoves(artifacts: Artifacts, request: MoveRequest, place: MovePlace) {
  const wholes = await publishedWholes(artifacts, request);
  const { moves, ...decided } = await decide(artifacts, request, place, wholes);
  return { ...decided, moves: movedTogether(moves) };
}

async function decide(
  artifacts: Artifacts,
  request: MoveRequest,
  place: MovePlace,
  wholes: Awaited<ReturnType<typeof publishedWholes>>,
) {
  const { verb, recipe, build = '' } = request;
  // Loaded here, because few recipes have variants.
  if (wholes && verb === 'revoke')
    return (await import('./whole-revoke.ts')).resolveWholeRevoke(artifacts, request, place, wholes);
  if (wholes && verb === 'restore') {
    const { revokedOf } = await import('./whole-revoke.ts');
    return resolveRestore(artifacts, request, place, await revokedOf(artifacts, request, wholes));
  }
  if (wholes) return (await import('./whole-moves.ts')).resolveWholeMove(artifacts, request, place, wholes);
  if (verb === 'revoke') return resolveRevoke(artifacts, request, place);
  if (verb === 'restore') return resolveRestore(artifacts, request, place, [{ recipe, build }]);
  return { moves: [await resolveMove(artifacts, request, place)], builds: [], rebuild: [], hits: null };
}

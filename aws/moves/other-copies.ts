import { moverOf, type MoveRequest } from '../../core/channel/move-request.ts';
import type { RevokedBuild } from '../../core/channel/revocation.ts';
import type { Users } from '../../core/distribute/permissions.ts';
import type { Artifacts } from '../memory/artifacts.ts';

/** Who may launch copies in other accounts. @throws MoveRefused with every account that refuses the pipeline. */
export async function seeOthers(
  artifacts: Artifacts,
  request: MoveRequest,
  builds: RevokedBuild[],
  execution: string,
): Promise<Users> {
  if (builds.every(({ images }) => images.every(({ account }) => account === undefined))) return [];
  const { verb, recipe, build = '' } = request;
  // Loaded here: few recipes have copies in other accounts.
  const { seeCopies } = await import('./revoked-copies.ts');
  const session = { recipe, build, by: { verb, who: moverOf(request, execution) } };
  return seeCopies(artifacts, builds, session, `${build} of ${recipe} is not ${verb}d`);
}

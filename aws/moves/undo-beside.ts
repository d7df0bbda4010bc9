import { accountPlaceName, onlyAccountPlace } from '../../core/accounts/account-copies.ts';
import type { PlannedMove } from '../../core/channel/channel-moves.ts';
import { stillMovedIn, templateUndo } from '../../core/channel/moved-beside.ts';
import { parameterOfPlace } from '../../core/distribute/place.ts';
import { lastingFailure } from '../../core/errors.ts';
import { restoreParameter } from '../channels.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { readParameter } from '../parameters.ts';
import { doorsOf, seeTemplatesOf } from './move-beside.ts';

/** A step that takes something of a failed move back: in words, and the call. */
interface UndoStep {
  what: string;
  undo: () => Promise<void>;
}

async function templatesToUndo(artifacts: Artifacts, planned: PlannedMove): Promise<UndoStep[]> {
  const seen = await seeTemplatesOf(artifacts, planned);
  return seen.flatMap(({ entry, seen: now }) => {
    const step = templateUndo(entry, now);
    if (!step) return [];
    const says = step.do === 'delete' ? `without version ${step.version}` : `back to version ${step.version}`;
    const undo = async () => (await import('./moved-templates.ts')).undoTemplate(artifacts.aws, entry, step);
    return [{ what: `${entry.template} in ${entry.region} ${says}`, undo }];
  });
}

async function accountsToUndo(artifacts: Artifacts, planned: PlannedMove): Promise<UndoStep[]> {
  const { parameter, move } = planned;
  if (!move.accounts) return [];
  const { roleOf, open } = await doorsOf(artifacts, planned, 'moveBack');
  const steps = move.accounts.before.map(async (at): Promise<UndoStep[]> => {
    const name = parameterOfPlace(parameter, at);
    const what = `${name} in ${accountPlaceName(at)} back to ${at.ami ?? 'nothing'}`;
    try {
      const there = await open(roleOf(at));
      const ami = await readParameter(there, at.region, name);
      if (stillMovedIn(move, [{ ...onlyAccountPlace(at), ...(ami !== undefined && { ami }) }]).length === 0) return [];
      return [{ what, undo: () => restoreParameter(there, at.region, name, at.ami, 'a move failed') }];
    } catch (error) {
      // An account that refuses is told as left, and keeps nothing else from going back.
      const refused = lastingFailure(error);
      return [{ what, undo: () => Promise.reject(refused) }];
    }
  });
  return (await Promise.all(steps)).flat();
}

/** What is still to be taken back of a failed move in other accounts and of launch templates. */
export async function besideToUndo(artifacts: Artifacts, planned: PlannedMove): Promise<UndoStep[]> {
  const steps = [templatesToUndo(artifacts, planned), accountsToUndo(artifacts, planned)];
  return (await Promise.all(steps)).flat();
}

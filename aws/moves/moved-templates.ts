import { deadMove, type Mover, type Move } from '../../core/channel/channel-record.ts';
import { movedTemplate, type MovedTemplate, type TemplateBefore } from '../../core/channel/moved-beside.ts';
import type { Plan } from '../../core/build/plan.ts';
import { isSamePlace, placeName } from '../../core/distribute/place.ts';
import {
  templateName,
  templateProblem,
  templateVersion,
  wantedTemplates,
  type TemplateSeen,
} from '../../core/publish/launch-templates.ts';
import type { LaunchTemplate } from '../../core/recipe/types.ts';
import type { BuildIdentity } from '../../core/tags.ts';
import type { Connection } from '../connection.ts';
import { deleteTemplateVersion, readTemplate, setDefaultVersion } from '../instances/launch-templates.ts';

/** A move of a channel that is underway, and whether its execution still writes. */
export interface MoveUnderway {
  underway: Move | undefined;
  mover: Mover | undefined;
}

const seeVersion = (
  aws: Connection,
  { region, ami }: { region: string; ami: string },
  template: Pick<LaunchTemplate, 'id' | 'name'>,
  build: BuildIdentity,
): Promise<TemplateSeen | undefined> =>
  readTemplate(aws, region, template, { ami, description: templateVersion(build, ami) });

/** The launch templates of a move as EC2 shows them. */
export const seeMovedTemplates = (aws: Connection, entries: MovedTemplate[], build: BuildIdentity) =>
  Promise.all(
    entries.map(async (entry) => ({ entry, seen: await seeVersion(aws, entry, { id: entry.template }, build) })),
  );

/** The default version of a launch template, apart from what a move that died has made of it. */
export async function settledDefault(
  aws: Connection,
  recipe: string,
  { seen, region, id }: { seen: TemplateSeen; region: string; id?: string | undefined },
  { underway, mover }: MoveUnderway,
): Promise<number> {
  const isSame = (one: MovedTemplate) => one.template === seen.id && isSamePlace(one, { region, id });
  const dead = deadMove(underway, mover);
  const entry = dead?.templates?.find(isSame);
  if (!dead || !entry) return seen.default;
  const theirs = await seeVersion(aws, entry, { id: seen.id }, { recipe, build: dead.to.build });
  return theirs?.ours === seen.default ? entry.before : seen.default;
}

/**
 * Decides what a move of the recipe's own channel changes of launch templates. The newest published build says which ones there
 * are. A launch template that is gone is a note, since nothing is launched from it any more.
 */
export async function templatesToMove(
  aws: Connection,
  newest: Plan,
  after: Move['after'],
  { build, ...underway }: MoveUnderway & { build: string },
): Promise<{ templates: MovedTemplate[]; problems: string[]; notes: string[] }> {
  const { recipe } = newest;
  const found = { templates: [] as MovedTemplate[], problems: [] as string[], notes: [] as string[] };
  for (const wanted of wantedTemplates(newest, after)) {
    const { template, ...at } = wanted;
    const seen = await seeVersion(aws, wanted, template, { recipe, build });
    if (!seen) {
      found.notes.push(`the launch template ${templateName(template)} in ${placeName(wanted)} does not exist any more`);
      continue;
    }
    const problem = templateProblem(recipe, wanted, seen);
    if (problem !== undefined) found.problems.push(problem);
    const settled = await settledDefault(aws, recipe, { seen, ...at }, underway);
    const before: TemplateBefore = { ...seen, settled };
    const entry = movedTemplate({ ...at, setDefault: template.setDefault }, before);
    if (entry) found.templates.push(entry);
  }
  return found;
}

/** Takes one step back that a failed move made of a launch template. */
export async function undoTemplate(
  aws: Connection,
  { region, template }: MovedTemplate,
  step: { do: 'set default' | 'delete'; version: number },
): Promise<void> {
  const change = step.do === 'delete' ? deleteTemplateVersion : setDefaultVersion;
  await change(aws, region, template, step.version);
}

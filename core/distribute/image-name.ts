import type { Plan } from '../build/plan.ts';
import { buildTags, type Tags } from '../tags.ts';
import { deploymentTag } from './channel-owner.ts';
import type { Target } from '../recipe/types.ts';
import { copyTag, inPlace } from './place.ts';

/** The parts of a plan that name its images. */
interface Named {
  recipe: string;
  build: string;
  image: string;
  region: string;
  document: { distribute: Target[] };
}

/** Name of the image in one of its targets. A further copy in a region has its id at the end, unless the target names it. */
export function imageNameIn({ recipe, build, image }: Named, { id, name }: Pick<Target, 'id' | 'name'>): string {
  if (name !== undefined) return name.replaceAll('{recipe}', recipe).replaceAll('{build}', build);
  return id === undefined ? image : `${image}-${id}`;
}

/** The target that gets the first AMI itself, not a copy. */
const firstTarget = ({ document, region }: Pick<Named, 'document' | 'region'>): Target | undefined =>
  inPlace(document.distribute, { region });

/** Name of the AMI that is made of the builder. */
export const firstImageName = (plan: Named): string => imageNameIn(plan, firstTarget(plan) ?? {});

/** Tags of the AMI and the snapshots of a target. Without one, those of the AMI that is made of the builder. */
export const imageTags = (
  plan: Plan,
  target: Pick<Target, 'id' | 'name' | 'tags'> = firstTarget(plan) ?? {},
): Tags => ({
  Name: imageNameIn(plan, target),
  ...plan.document.image.tags,
  ...target.tags,
  ...buildTags(plan, 'image'),
  ...(target.id !== undefined && { [copyTag]: target.id }),
  'golden:digest': plan.digest,
  ...(plan.deployment && { [deploymentTag]: plan.deployment }),
  ...(plan.origin && { 'golden:origin': plan.origin }),
});

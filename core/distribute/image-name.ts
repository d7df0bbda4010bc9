import type { Target } from '../recipe/types.ts';
import { inPlace } from './place.ts';

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
export const firstTarget = ({ document, region }: Pick<Named, 'document' | 'region'>): Target | undefined =>
  inPlace(document.distribute, { region });

/** Name of the AMI that is made of the builder. */
export const firstImageName = (plan: Named): string => imageNameIn(plan, firstTarget(plan) ?? {});

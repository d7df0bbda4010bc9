import type { Tags } from '../tags.ts';

/**
 * What a version of a channel's parameter says about itself, so that the history of the parameter tells which build each version
 * is. At most some 200 of the 1,024 characters that Parameter Store takes.
 */
export function versionDescription(
  { recipe, build }: { recipe: string | undefined; build: string | undefined },
  ami: string,
  why?: string,
): string {
  const made = recipe === undefined || build === undefined ? [] : [`recipe ${recipe}`, `build ${build}`];
  return [[...made, `image ${ami}`].join(', '), ...(why === undefined ? [] : [why])].join('; ');
}

/** The same for a value that is restored. Only the tags of its image tell who made it. */
export const restoredDescription = (tags: Tags | undefined, ami: string, why: string): string =>
  versionDescription({ recipe: tags?.['golden:recipe'], build: tags?.['golden:build'] }, ami, `restored: ${why}`);

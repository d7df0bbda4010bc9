import { isMap } from '../is-map.ts';
import { applyOverrides } from '../recipe/overrides.ts';
import type { Path } from '../recipe/rules/rule.ts';

/** One of the recipes that a document with variants stands for. */
export interface VariantDocument {
  variant: string;
  name: string;
  document: unknown;
}

/** These belong to the recipe as a whole, since its variants are started and named together. */
export const ofTheWhole = ['name', 'variants', 'triggers'];

/**
 * The document of each variant, as far as `variants` can be read.
 * @param overrides Changes of one start, which hold for every variant.
 */
export function variantDocuments(document: unknown, overrides?: unknown): VariantDocument[] {
  if (!isMap(document) || !isMap(document['variants'])) return [];
  const { variants, ...common } = document;
  const given = common['name'];
  return Object.entries(variants as Record<string, unknown>).flatMap(([variant, differences]) => {
    if (!isMap(differences)) return [];
    const name = `${typeof given === 'string' ? given : ''}-${variant}`;
    const own = Object.fromEntries(Object.entries(differences).filter(([key]) => !ofTheWhole.includes(key)));
    const changed = applyOverrides(applyOverrides(common, own), overrides);
    return [{ variant, name, document: isMap(changed) ? { ...changed, name } : changed }];
  });
}

/** The common part of a document and what each variant says, with the path that leads to it. */
export const partsAsWritten = (document: unknown): [part: Record<string, unknown>, path: Path][] =>
  isMap(document)
    ? [
        [document, []],
        ...Object.entries(isMap(document['variants']) ? document['variants'] : {}).flatMap(
          ([variant, own]): [Record<string, unknown>, Path][] => (isMap(own) ? [[own, ['variants', variant]]] : []),
        ),
      ]
    : [];

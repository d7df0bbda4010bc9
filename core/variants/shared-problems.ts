import type { Problem } from '../recipe/problems.ts';
import type { Recipe, Target } from '../recipe/types.ts';

interface Named {
  variant: string;
  recipe: Recipe;
}

/** The name that a target gives its images, if both variants would give the same one: the variants of a build share its id. */
const imageNameOf = ({ name }: Target): string | undefined =>
  name === undefined || name.includes('{recipe}') ? undefined : name;

const templateOf = ({ launchTemplate }: Target): string | undefined => launchTemplate?.id ?? launchTemplate?.name;

const kinds = [
  {
    of: imageNameOf,
    key: 'name',
    says: (other: string) => `is also the name of the images of ${other}; put {recipe} into it, which has the variant`,
  },
  {
    of: templateOf,
    key: 'launchTemplate',
    says: (other: string) => `also gets versions from ${other}; each variant needs a launch template of its own`,
  },
];

/** Variants without a channel. Publishing together means that all their channels move, or none. */
const withoutChannel = (variants: Named[]): Problem[] => {
  const bare = variants.filter(({ recipe }) => !recipe.publish);
  if (bare.length === 0) return [];
  const names = bare.map(({ variant }) => variant).join(', ');
  return [
    {
      path: ['publish'],
      message: `is required: each variant publishes to a channel of its own, and ${names} has none`,
    },
  ];
};

/** What variants need of each other: channels, and what two of them cannot both have in one region. */
export function sharedProblems(variants: Named[]): Problem[] {
  const taken = new Map<string, string>();
  const shared = variants.flatMap(({ variant, recipe }) =>
    recipe.distribute.flatMap((target, index) =>
      kinds.flatMap(({ of, key, says }): Problem[] => {
        const thing = of(target);
        const id = `${key} ${target.region} ${thing}`;
        const other = taken.get(id);
        if (thing === undefined || other === variant) return [];
        if (other === undefined) {
          taken.set(id, variant);
          return [];
        }
        return [{ path: ['variants', variant, 'distribute', index, key], message: says(other) }];
      }),
    ),
  );
  return [...withoutChannel(variants), ...shared];
}

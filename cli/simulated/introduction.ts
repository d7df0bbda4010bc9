import { placeName } from '../../core/distribute/place.ts';
import { writtenFacts } from '../../core/recipe/parameters/build-facts.ts';
import { fillIn } from '../../core/recipe/parameters/fill.ts';
import type { Catalog, Recipe } from '../../core/recipe/types.ts';
import { fold, painter } from '../screen/terminal.ts';
import type { Bake } from './ancestors.ts';

/** Where and when a build is to start, and its id if somebody gives it. */
interface Start {
  region: string;
  now: number;
  build?: string | undefined;
}

/** The build to come: its recipe or variants, sources and targets. What is known only after the start stays as written. */
export function introduction(
  { name, recipes, heir }: Bake,
  { recipes: documents }: Pick<Catalog, 'recipes'>,
  { region, now, build = writtenFacts.build }: Start,
  sheet: { columns: number; colour: boolean },
): string {
  const facts = { ...writtenFacts, build, date: new Date(now).toISOString().slice(0, 10) };
  const { description } = fillIn(documents[recipes[0]?.name ?? name], { facts }).document as Partial<Recipe>;
  const paint = painter(sheet);
  const rows = [
    ...recipes.flatMap((recipe) => rowsOf(recipe, recipe.name.slice(name.length + 1))),
    ['on', `a simulated AWS in ${region}, ${new Date(now).toISOString().slice(0, 16).replace('T', ' ')} UTC`],
  ];
  const width = Math.max(4, ...rows.map(([key = '']) => key.length));
  const together = recipes.length > 1 ? [`  Its variants are built side by side and published together.`] : [];
  return [
    ...(heir ? [`  ${heir.name} starts from the channel ${heir.source.channel}, so ${name} is built first.`, ''] : []),
    `  ${paint('bold', name)}  ${description}`,
    ...together,
    ...rows.map(([key = '', value = '']) => {
      const lines = fold(value, sheet.columns - width - 5);
      return `  ${paint('dim', key.padEnd(width))}  ${lines.join(`\n${' '.repeat(width + 4)}`)}`;
    }),
  ].join('\n');
}

/** Where a recipe's image comes from and goes to. */
function rowsOf({ source, distribute, publish }: Recipe, variant: string): string[][] {
  const from = source.channel ?? source.parameter ?? source.ami ?? source.filter?.name ?? source.disk?.snapshot;
  const owner = source.owner === undefined ? 'our own' : `owner ${source.owner}`;
  const channel = publish ? `, channel ${publish.channel}` : '';
  const whose = variant === '' ? '' : `${variant} `;
  return [
    [`${whose}from`, `${from} (${owner})`],
    [`${whose}to`, `${distribute.map(placeName).join(', ')}${channel}`],
  ];
}

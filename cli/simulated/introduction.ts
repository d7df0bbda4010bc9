import { placeName } from '../../core/distribute/place.ts';
import type { Recipe } from '../../core/recipe/types.ts';
import { fold, painter } from '../screen/terminal.ts';
import type { Bake } from './ancestors.ts';

/** The build to come: its recipe or variants, sources and targets. */
export function introduction(
  { name, recipes, heir }: Bake,
  region: string,
  now: number,
  sheet: { columns: number; colour: boolean },
): string {
  const paint = painter(sheet);
  const rows = [
    ...recipes.flatMap((recipe) => rowsOf(recipe, recipe.name.slice(name.length + 1))),
    ['on', `a simulated AWS in ${region}, ${new Date(now).toISOString().slice(0, 16).replace('T', ' ')} UTC`],
  ];
  const width = Math.max(4, ...rows.map(([key = '']) => key.length));
  const together = recipes.length > 1 ? [`  Its variants are built side by side and published together.`] : [];
  return [
    ...(heir ? [`  ${heir.name} starts from the channel ${heir.source.channel}, so ${name} is built first.`, ''] : []),
    `  ${paint('bold', name)}  ${recipes[0]?.description}`,
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

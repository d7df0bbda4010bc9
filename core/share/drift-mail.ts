import { targetName } from '../accounts/account-copies.ts';
import type { Drift } from './drift.ts';

const mostTold = 50;

/** The mail about new drifts. */
export function driftMail(drifts: Drift[], deployment: string): { subject: string; text: string } {
  const recipes = [...new Set(drifts.map(({ recipe }) => recipe))];
  const subject = `${deployment}: published images of ${recipes.join(', ')} were changed`.slice(0, 99).trimEnd();
  const told = drifts.slice(0, mostTold).map((one) => {
    const detail = one.detail === undefined ? '' : `\n  AWS said: ${one.detail}`;
    return `${one.recipe} in ${targetName(one)}: ${one.says}${detail}\n  to mend it: ${one.mend}`;
  });
  const more = drifts.length > mostTold ? [`and ${drifts.length - mostTold} more, in drift.json of the recipes`] : [];
  const intro = 'Somebody else than the pipeline changed these, or a changed recipe was deployed and not applied yet.';
  return { subject, text: `${[intro, ...told, ...more].join('\n\n')}\n` };
}

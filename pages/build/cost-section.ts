import { withoutDisks } from '../../core/launch/disks.ts';
import type { CostEstimate } from '../../core/report/cost-estimate.ts';
import { html, numberTitle, table, type Section } from '../html.ts';
import { dollars } from '../money.ts';

const titles: Record<keyof CostEstimate['parts'], string> = {
  instances: 'Builder and candidate',
  volumes: 'Volumes of builder and candidate',
  transfer: 'Copies to other regions',
  transitions: 'Step Functions',
  functions: 'Lambda',
  logs: 'Logs',
  metrics: 'Metrics',
};

function sumOf({ usd, unsized }: CostEstimate): string {
  if (usd === null) return 'The sum is not known.';
  if (unsized) return `At least about ${dollars(usd)} for this build ${withoutDisks(unsized)}.`;
  return usd < 0.005 ? 'Less than a cent for this build.' : `At most about ${dollars(usd)} for this build.`;
}

/** What the build cost, part by part, and what its snapshots cost every month. */
export function costSection(cost: CostEstimate): Section {
  const { parts, snapshotsPerMonth, inOtherAccounts, unpriced, unsized } = cost;
  const all = (Object.entries(parts) as [keyof typeof parts, number | null][])
    .filter(([, part]) => part !== 0)
    .toSorted(([, one], [, other]) => (other ?? Infinity) - (one ?? Infinity));
  const most = Math.max(0.000001, ...all.map(([, part]) => part ?? 0));
  const rows = all.map(
    ([name, part]) =>
      html`<tr>
        <th scope="row">${titles[name]}</th>
        <td class="wide"><span class="bar" style="width:${((100 * (part ?? 0)) / most).toFixed(1)}%"></span></td>
        <td class="number">${part === null ? `no price of ${unpriced.join(', ')}` : dollars(part)}</td>
      </tr>`,
  );
  const content = html` <p>
      ${sumOf(cost)}
      ${
        !unsized &&
        snapshotsPerMonth > 0 &&
        `Its snapshots cost at most ${dollars(snapshotsPerMonth)} for every month that they are kept${inOtherAccounts === undefined ? '' : `, ${dollars(inOtherAccounts)} of it in other accounts`}.`
      }
    </p>
    ${all.length > 0 && table('Estimated cost of the build', ['Part', 'Share', numberTitle('US dollars')], rows, 'bars')}`;
  return { id: 'cost', title: 'Cost', content };
}

import { failureMessage } from '../core/report/failure.ts';
import { knownRegions } from '../core/recipe/regions.ts';
import type { SweepOutcome } from '../core/sweep/sweep-report.ts';
import { openDeployment, runToEnd, type Deployment, type DeploymentOptions } from './deployed/deployment.ts';
import { sweepTable } from './screen/sweep-table.ts';
import { fold, type Terminal } from './screen/terminal.ts';

export interface SweepOptions extends DeploymentOptions {
  dryRun?: boolean;
  cap?: number;
  json?: boolean;
  /** Use a simulated AWS with example leftovers instead of the deployed pipeline. */
  simulate?: boolean;
}

/** Runs the deployed sweep now and shows what it did with the things it found. */
export async function runSweep(
  { dryRun = false, cap, json = false, simulate = false, ...where }: SweepOptions,
  terminal: Terminal,
  open: (where: DeploymentOptions) => Deployment = openDeployment,
): Promise<number> {
  if (!knownRegions.includes(where.region)) {
    terminal.err(`--region ${where.region}: there is no such region\n`);
    return 2;
  }
  const deployment = simulate ? await simulated(where.region, terminal) : open(where);
  const ended = await runToEnd(deployment, 'sweep', { dryRun, ...(cap !== undefined && { cap }) }, terminal);
  if (!ended) return 2;
  const { status, output, error = status, cause } = ended;
  if (status !== 'SUCCEEDED' || output === undefined) {
    const lines = failureMessage({ Error: error, Cause: cause }).split('\n');
    const text = lines.flatMap((line) => fold(line, terminal.columns - 4)).map((line) => `    ${line}`);
    terminal.err(`\n${[`  ${error}`, ...text].join('\n')}\n\n`);
    return 1;
  }
  const outcome = JSON.parse(output) as SweepOutcome;
  terminal.out(json ? `${JSON.stringify(outcome, null, 2)}\n` : `\n${sweepTable(outcome, terminal)}\n`);
  return outcome.counts.refused > 0 ? 1 : 0;
}

async function simulated(region: string, terminal: Terminal): Promise<Deployment> {
  const { exampleEstate } = await import('./simulated/example-estate.ts');
  const { deployment, story } = await exampleEstate(region);
  const lines = fold(story, terminal.columns - 2).map((line) => `  ${line}\n`);
  terminal.err(`\n${lines.join('')}\n`);
  return deployment;
}

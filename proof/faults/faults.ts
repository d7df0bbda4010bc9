// `npm run faults` strikes every state with every fault and judges the results. See docs/faults.md.
import { parseArgs } from 'node:util';
import { chooseCases, runMatrix, violationLines } from './matrix.ts';
import { runScenario } from './judge/outcome.ts';
import { runRandom } from './random.ts';
import type { FaultScenario } from './vocabulary.ts';
import { serve } from './workers.ts';

/** @returns the exit code. */
async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string', multiple: true, default: [] },
      of: { type: 'string' },
      sample: { type: 'string' },
      seed: { type: 'string', default: '1' },
      list: { type: 'boolean', default: false },
      replay: { type: 'string' },
      random: { type: 'string' },
    },
  });
  if (values.replay !== undefined) return tell(JSON.parse(values.replay) as FaultScenario, false);
  if (values.random !== undefined) return (await runRandom(Number(values.random), Number(values.seed))) ? 0 : 1;
  const size = values.sample === undefined ? undefined : Number(values.sample);
  const cases = await chooseCases({ only: values.only, of: values.of, size, seed: Number(values.seed) });
  const [first] = cases;
  if (!first) {
    console.error(`no such case: ${[values.of, ...values.only].join(' ')}; --list names them all`);
    return 2;
  }
  if (values.list) {
    console.log(cases.map(({ label }) => label).join('\n'));
    return 0;
  }
  if (cases.length === 1) return tell(first.scenario, true);
  return (await runMatrix(cases)) ? 0 : 1;
}

/** Runs one scenario in this process and prints its full result. */
async function tell(scenario: FaultScenario, mustStrike: boolean): Promise<number> {
  const outcome = await runScenario(scenario, mustStrike);
  console.log([JSON.stringify(scenario), ...outcome.story, ...violationLines(outcome)].join('\n'));
  return outcome.violations.length > 0 ? 1 : 0;
}

const args = process.argv.slice(2);
if (args[0] === '--worker') serve();
else process.exitCode = await main(args);

import { fork, type ChildProcess } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { brokenOff, runScenario, type Outcome } from './judge/outcome.ts';
import type { FaultScenario } from './vocabulary.ts';

interface Job {
  scenario: FaultScenario;
  mustStrike: boolean;
}

// A case takes a fraction of a second, so a case that takes this long will not end.
const patience = 60_000;

/** Distributes jobs to processes of this program, one per core, and reports each outcome when it arrives. */
export async function runAll(
  jobs: Job[],
  done: (index: number, outcome: Outcome) => void,
  workers = availableParallelism(),
): Promise<void> {
  let next = 0;
  const start = () =>
    fork(join(process.env['GOLDEN_ROOT'] ?? '.', 'scripts/run.mjs'), ['proof/faults/faults.ts', '--worker']);
  const work = async () => {
    let child: ChildProcess | undefined;
    for (let index = next++; index < jobs.length; index = next++) {
      child ??= start();
      const outcome = await answer(child, jobs[index] as Job);
      if (outcome) done(index, outcome);
      else {
        child.kill('SIGKILL');
        child = undefined;
        done(index, brokenOff(`no end after ${patience / 1000} s of real time`, patience));
      }
    }
    child?.disconnect();
  };
  await Promise.all(Array.from({ length: Math.min(workers, jobs.length) }, work));
}

/** The outcome of a job; undefined if it takes too long. */
function answer(child: ChildProcess, job: Job): Promise<Outcome | undefined> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null) => reject(new Error(`a worker ended with ${code}`));
    const timer = setTimeout(() => settle(undefined), patience);
    const settle = (outcome: Outcome | undefined) => {
      clearTimeout(timer);
      child.off('exit', ended).off('message', settle);
      resolve(outcome);
    };
    child.once('exit', ended).once('message', settle);
    child.send(job);
  });
}

/** A worker process that runAll starts: it receives jobs and sends outcomes. */
export function serve(): void {
  process.on('message', ({ scenario, mustStrike }: Job) => {
    void runScenario(scenario, mustStrike).then((outcome) => process.send?.(outcome));
  });
}

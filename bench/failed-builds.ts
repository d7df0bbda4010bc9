import type { BenchCase } from './cases.ts';
import { createBench } from './measured-build.ts';

const outcomes: Record<string, object> = {
  'a check fails while copies run': { commands: [{ step: 'boots', exitCode: 1 }] },
  'a copy fails': { images: [{ region: 'ap-northeast-1', name: '*', fail: 'internal error' }] },
  'Publish is refused in one region': {
    api: [{ action: 'ssm:PutParameter', region: 'eu-west-1', times: 50, error: 'ParameterLimitExceeded' }],
  },
};

/** The EC2 calls of builds that fail, and of undoing them, as rows of a table. */
export async function failedBuilds(measured: BenchCase): Promise<string[][]> {
  const rows = [['', 'EC2 calls', 'of the clean-up', 'error']];
  for (const [outcome, scenario] of Object.entries(outcomes)) {
    const { execution, figures } = await createBench(measured, { scenario }).build();
    const undoing = ['Compensate', 'RecordFailure'].map((state) => figures.ec2Calls.get(state) ?? 0);
    const all = [...figures.ec2Calls.values()].reduce((sum, count) => sum + count, 0);
    const cleanUp = undoing.reduce((sum, count) => sum + count, 0);
    rows.push([outcome, String(all), String(cleanUp), execution.error ?? '-']);
  }
  return rows;
}

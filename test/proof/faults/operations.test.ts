import { expect, test } from '@jest/globals';
import { generateCases, sample } from '../../../proof/faults/cases.ts';
import { runScenario } from '../../../proof/faults/judge/outcome.ts';
import type { OperationTrial } from '../../../proof/faults/operations/operation.ts';
import { runOperation } from '../../../proof/faults/operations/operation-trial.ts';
import { operationBases, operationOf } from '../../../proof/faults/operations/operations.ts';
import type { FaultScenario, Strike } from '../../../proof/faults/vocabulary.ts';

// The worst that the matrix has found in moves of channels, shares and plans. All of it: npm run faults.

/** Runs an operation with these faults, and finds that it kept every promise. */
async function through(base: string, strikes: Strike[], more: Partial<FaultScenario> = {}): Promise<OperationTrial> {
  const scenario = { ...(operationBases[base] as FaultScenario), ...more };
  scenario.strikes = [...scenario.strikes, ...strikes];
  const trial = await runOperation(scenario);
  expect(scenario.strikes.filter((strike) => !trial.struck.has(strike))).toEqual([]);
  expect(operationOf(scenario).judge(trial)).toEqual([]);
  return trial;
}

const denied = (place: string, at: string): Strike[] => [{ place, fault: 'denied', at }];

test('a revoke that is stopped while it moves channels, and redriven at once, is not taken back while it goes on', async () => {
  // The call that was under way when somebody stopped the execution runs on beside the redriven one.
  const { first } = await through('revokes', [{ place: 'move/MoveChannel', fault: 'stopped', at: 7 }], {
    again: 'redrive',
  });
  expect(first.status).toBe('SUCCEEDED');
});

test('a move that was complete before its execution failed stays, and the failure says so', async () => {
  const { first } = await through('rolls back', denied('move/MoveChannel', 'sfn:SendTaskSuccess'));
  expect(first.cause).toMatch(/\n\/golden\/base\/stable had moved to \S+ in every region, and stays$/);
});

test('a channel that UndoMove may not read is told with what each region held before', async () => {
  const { first } = await through('promotion fails', denied('move/UndoMove', 'ssm:GetParameter@eu-west-1'));
  expect(first.cause).toMatch(
    /\nleft: \/golden\/base\/prod: ssm:GetParameter .* Before it, us-east-1 held nothing, eu-west-1 held nothing$/,
  );
});

test('an image that EC2 does not let go of in one region keeps its users there, and the others have the new ones', async () => {
  const { first } = await through('shares', denied('share/ApplyShare', 'ec2:ModifySnapshotAttribute@eu-west-1'));
  expect(first).toMatchObject({
    error: 'ShareFailed',
    cause: expect.stringMatching(/^eu-west-1: ami-\w+ in eu-west-1 /),
  });
});

// Other ones for another seed.
const bases = ['promotes', 'rollback dies', 'revokes', 'restores', 'shares', 'plans', 'deregisters'];
const sampled = (await Promise.all(bases.map((base) => generateCases(base)))).flatMap((cases) => sample(cases, 2, 7));

test.each(sampled.map(({ label, scenario }) => [label, scenario] as const))('matrix: %s', async (_, scenario) => {
  expect((await runScenario(scenario)).violations).toEqual([]);
});

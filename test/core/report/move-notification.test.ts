import { expect, test } from '@jest/globals';
import { moveNotification, type FailedMove } from '../../../core/report/move-notification.ts';

const execution = 'arn:aws:states:us-east-1:222233334444:execution:golden-image-prod-move-channel:rollback-base-1f2e';
const input = { recipe: 'base', verb: 'rollback', channel: 'prod', who: 'ada', why: 'no network' };
const mail = (more: Partial<FailedMove> = {}) =>
  moveNotification(
    { execution, status: 'FAILED', error: 'PublishFailed', cause: 'eu-west-1 refused', input, ...more },
    { deployment: 'golden-image-prod' },
  );

test('a move that failed is told with what was asked, why it failed and what to do', () => {
  expect(mail()?.subject).toBe('golden-image-prod: rollback of base FAILED: PublishFailed');
  for (const said of [
    'eu-west-1 refused',
    'What to do: ',
    'channel  prod',
    'who      ada',
    'why      no network',
    'Execution  ',
  ])
    expect(mail()?.text).toContain(said);
});

test('a move that was stopped is told with who undoes it, and the undoing that failed is told as such', () => {
  const stopped = { status: 'ABORTED', error: undefined, cause: undefined } as const;
  expect(mail(stopped)?.subject).toBe('golden-image-prod: rollback of base was stopped');
  expect(mail(stopped)?.text).toContain('Another execution of move-channel puts everything back');
  expect(mail({ input: { detail: { executionArn: execution } } })?.subject).toMatch(/the undoing of a move FAILED/);
  expect(mail({ input: undefined })?.subject).toMatch(/a move of a recipe FAILED/);
});

test.each(['MoveRefused', 'RecipeInvalid'])(
  'a request that was refused as %s is told only to the person who asked',
  (error) => {
    expect(mail({ error })).toBeUndefined();
  },
);

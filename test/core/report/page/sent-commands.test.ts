import { expect, test } from '@jest/globals';
import { latestFirst, type SentCommand } from '../../../../core/report/page/sent-commands.ts';

test('the outputs of the latest commands come first, and those of unknown commands last', () => {
  const sent = ['first', 'failed'].map((command, index): SentCommand => ({
    command,
    name: command,
    phase: 'provision',
    index,
  }));
  const streams = ['first', 'unknown', 'failed'].map((command) => ({ command }));
  expect(latestFirst(streams, sent).map(({ command }) => command)).toEqual(['failed', 'first', 'unknown']);
});

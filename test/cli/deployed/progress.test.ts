import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { progressLines, purposesIn, shownMachines } from '../../../cli/deployed/progress.ts';
import { createScreen, draw } from '../../../cli/screen/screen.ts';
import type { EventPath } from '../../../core/build/event-paths.ts';
import type { HistoryEvent } from '../../../simulator/states/history.ts';

const start = Date.parse('2026-11-23T03:00:00Z');
const plain = { columns: 100, colour: false };
const erase = '\x1b[2A\x1b[J'; // two lines: one state and the times

type Recorded = [seconds: number, where: string, type: string, details?: Record<string, unknown>];

/** Events as the interpreter reports them; `where` is `State` or `Map[index]/State`. */
const recorded = (entries: Recorded[]) =>
  entries.map(([seconds, where, type, given = {}], index): { event: HistoryEvent; path: EventPath } => {
    const [, map, iteration, state] = /^(?:(\w+)\[(\d)\])?\/?(\w*)$/.exec(where) ?? [];
    const timestamp = new Date(start + seconds * 1000);
    const event: HistoryEvent = { id: index + 1, previousEventId: index, timestamp, type };
    if (type.endsWith('StateExited')) event.stateExitedEventDetails = given;
    else if (type.endsWith('StateEntered')) event.stateEnteredEventDetails = { name: state, input: '{}', ...given };
    else event[`${type.charAt(0).toLowerCase()}${type.slice(1)}EventDetails`] = given;
    return {
      event,
      path: { ...(map && { map: [{ state: map, index: Number(iteration) }] }), ...(state && { state }) },
    };
  });

const began: Recorded = [0, '', 'ExecutionStarted'];
const provisioning: Recorded[] = [
  began,
  [1, 'Provision', 'MapStateEntered'],
  [1, 'Provision', 'MapStateStarted', { length: 3 }],
  [1, 'Provision[0]', 'MapIterationStarted'],
  [1, 'Provision[0]/SendCommand', 'TaskStateEntered', { input: '{"index":0,"name":"patch"}' }],
  [2, 'Provision[0]/SendCommand', 'TaskStateExited'],
  [2, 'Provision[0]/AwaitCommand', 'TaskStateEntered', { input: '{"index":0,"name":"patch"}' }],
  [62, 'Provision[0]/AwaitCommand', 'TaskSucceeded'],
  [62, 'Provision[0]/AwaitCommand', 'TaskStateExited'],
  [62, 'Provision[0]/AwaitCommand', 'MapIterationSucceeded'],
  [62, 'Provision[1]', 'MapIterationStarted'],
  [62, 'Provision[1]/SendCommand', 'TaskStateEntered', { input: '{"index":1,"name":"harden"}' }],
];

const summary = (entries: Recorded[]) =>
  progressLines(recorded(entries)).map(({ mark, label, what, since, until }) =>
    [mark, label, what.replace(/ {2,}/g, ' '), until === undefined ? '…' : `${(until - since) / 1000}s`].join(' | '),
  );

test('every Task and Map state has a purpose that fits on a line, from the first sentence of its Comment', () => {
  const pathOf = (name: string) => `${process.env['GOLDEN_ROOT'] ?? process.cwd()}/statemachines/${name}.asl.json`;
  const all = shownMachines.map((name) => purposesIn(JSON.parse(readFileSync(pathOf(name), 'utf8'))));
  const purposes = all.flatMap((of) => Object.entries(of));
  expect(purposes).toContainEqual(['AwaitCopy', 'the copy is complete']);
  expect(purposes).toContainEqual(['RetireBuild', 'one step of one image, in every region']);
  const perStep = ['SendCommand', 'AwaitCommand', 'SendCheck', 'AwaitCheck']; // these show the step's name instead
  expect(
    purposes.filter(([name, purpose]) => !perStep.includes(name) && (purpose.length < 10 || purpose.length > 50)),
  ).toEqual([]);
});

test('a state is one line with its purpose and the simulated time it took', () => {
  expect(
    summary([
      began,
      [0, 'Resolve', 'TaskStateEntered'],
      [1.5, 'Resolve', 'TaskSucceeded'],
      [1.5, 'Resolve', 'TaskStateExited'],
      [1.5, 'IsImageMade', 'ChoiceStateEntered'],
      [1.5, 'IsImageMade', 'ChoiceStateExited'],
      [1.5, 'Launch', 'TaskStateEntered'],
    ]),
  ).toEqual([
    'done | Resolve | recipe and source image become a build plan | 1.5s',
    'running | Launch | a builder instance that only SSM can reach | …',
  ]);
});

test('a wait that looks again at every heartbeat is still one line', () => {
  const looks: Recorded[] = [30, 60, 90].flatMap((at) => [
    [at - 30, 'AwaitImage', 'TaskScheduled'] as Recorded,
    [at, 'AwaitImage', 'TaskTimedOut', { error: 'States.Timeout' }] as Recorded,
    [at, 'AwaitImage', 'TaskScheduled'] as Recorded,
    [at, 'AwaitImage', 'TaskFailed', { error: 'NotYet' }] as Recorded,
  ]);
  expect(
    summary([
      began,
      [0, 'AwaitImage', 'TaskStateEntered'],
      ...looks,
      [90, 'AwaitImage', 'TaskScheduled'],
      [95, 'AwaitImage', 'TaskSucceeded'],
      [95, 'AwaitImage', 'TaskStateExited'],
    ]),
  ).toEqual(['done | AwaitImage | the AMI and its snapshots are complete | 95s']);
});

test('a state that succeeds after real retries says so', () => {
  const attempt = (at: number): Recorded[] => [
    [at, 'Launch', 'TaskScheduled'],
    [at, 'Launch', 'TaskFailed', { error: 'CapacityUnavailable' }],
  ];
  expect(
    summary([
      began,
      [0, 'Launch', 'TaskStateEntered'],
      ...attempt(1),
      ...attempt(60),
      [120, 'Launch', 'TaskScheduled'],
      [121, 'Launch', 'TaskSucceeded'],
      [121, 'Launch', 'TaskStateExited'],
    ]),
  ).toEqual(['done | Launch | again after 2 × CapacityUnavailable | 121s']);
});

test('a clean-up that leaves something behind is not done like one that does not', () => {
  const ended = (state: string, output: object): Recorded[] => [
    [0, state, 'TaskStateEntered'],
    [9, state, 'TaskSucceeded', { output: JSON.stringify(output) }],
    [9, state, 'TaskStateExited'],
  ];
  const clean = [...ended('CleanUp', { status: 'published', left: 0 }), ...ended('Compensate', { left: [] })];
  expect(summary([began, ...clean]).map((line) => line.slice(0, 4))).toEqual(['done', 'done']);
  const leaving = [...ended('CleanUp', { status: 'published', left: 2 }), ...ended('Compensate', { left: ['vol-1'] })];
  expect(summary([began, ...leaving])).toEqual([
    'left | CleanUp | 2 things are left behind | 9s',
    'left | Compensate | 1 thing is left behind | 9s',
  ]);
  expect(draw(progressLines(recorded([began, ...leaving]))[0]!, start, 0, plain)[0]).toContain('! CleanUp');
});

test('a provisioning step is one line with its number and name, whatever states it goes through', () => {
  expect(summary(provisioning)).toEqual(['done | Provision 1/3 | patch | 61s', 'running | Provision 2/3 | harden | …']);
});

test('a step or check that does not apply to the source image is shown as skipped, with the reason', () => {
  const because = 'it is for arm64, and the source image is x86_64';
  const skipped = [
    { list: 'provision', name: 'arm only', because },
    { list: 'checks', name: 'arm check', because },
  ];
  const [first, ...others] = provisioning;
  const resolved: Recorded[] = [
    [0, 'Resolve', 'TaskStateEntered'],
    [1, 'Resolve', 'TaskStateExited', { output: JSON.stringify({ skipped }) }],
  ];
  const entries: Recorded[] = [first!, ...resolved, ...others, [90, 'Check', 'MapStateStarted', { length: 0 }]];
  expect(summary(entries).filter((line) => line.startsWith('skipped'))).toEqual([
    'skipped | Provision | arm only: skipped | 0s',
    'skipped | Check | arm check: skipped | 0s',
  ]);
  const line = progressLines(recorded(entries)).find(({ mark }) => mark === 'skipped');
  expect(draw(line!, start, 0, plain).join('\n')).toMatch(/– Provision .*\n +it is for arm64, and the source image/);
});

test('distribution shows every region with the state it is in', () => {
  const enter = (at: number, index: number, region: string, state: string): Recorded => [
    at,
    `Copy[${index}]/${state}`,
    'TaskStateEntered',
    { input: JSON.stringify({ recipe: 'x', ami: 'ami-1', region }) },
  ];
  expect(
    summary([
      began,
      enter(0, 0, 'us-east-1', 'CopyImage'),
      enter(0, 1, 'eu-west-1', 'CopyImage'),
      [1, 'Copy[1]/CopyImage', 'TaskStateExited'],
      enter(1, 1, 'eu-west-1', 'AwaitCopy'),
    ]),
  ).toEqual([
    'done | Copy eu-west-1 | CopyImage a copy is begun where needed | 1s',
    'running | Copy us-east-1 | CopyImage a copy is begun where needed | …',
    'running | Copy eu-west-1 | AwaitCopy the copy is complete | …',
  ]);
});

test('a target that fails by itself is a failed line although the build goes on', () => {
  expect(
    summary([
      began,
      [0, 'Copy[0]/AwaitCopy', 'TaskStateEntered', { input: '{"region":"eu-west-1"}' }],
      [9, 'Copy[0]/AwaitCopy', 'TaskFailed', { error: 'CopyFailed', cause: '{"errorMessage":"no"}' }],
      [9, 'Copy[0]/AwaitCopy', 'TaskStateExited'],
      [9, 'Copy[0]/TargetFailed', 'PassStateEntered'],
      [9, 'Copy[0]/TargetFailed', 'PassStateExited'],
      [9, 'Copy[0]', 'MapIterationSucceeded'],
    ]),
  ).toEqual(['failed | Copy eu-west-1 | AwaitCopy the copy is complete | 9s']);
});

test('a failed step shows the error, what happened and the end of its output', () => {
  const cause = {
    errorType: 'ProvisionFailed',
    errorMessage: 'step harden ended with exit code 3\n--- end of stderr\nsysctl: no such key',
  };
  const [, failed] = progressLines(
    recorded([
      ...provisioning,
      [70, 'Provision[1]/SendCommand', 'TaskFailed', { error: 'ProvisionFailed', cause: JSON.stringify(cause) }],
      [70, 'Provision[1]/SendCommand', 'MapIterationFailed'],
    ]),
  );
  expect(draw(failed!, start, 0, plain)).toEqual([
    '    0:01:10  ✗ Provision 2/3              harden                                                 8s',
    '               ProvisionFailed: step harden ended with exit code 3',
    '               │ --- end of stderr',
    '               │ sysctl: no such key',
  ]);
});

test('what a command printed cannot steer the terminal', () => {
  const cause = JSON.stringify({ errorMessage: 'exit code 1\n\x1b[2J\x1b[31mgone\r' });
  const [, line] = progressLines(
    recorded([
      ...provisioning,
      [70, 'Provision[1]/SendCommand', 'TaskFailed', { error: 'ProvisionFailed', cause }],
      [70, 'Provision[1]/SendCommand', 'MapIterationFailed'],
    ]),
  );
  expect(line?.failure).toEqual({ error: 'ProvisionFailed', message: 'exit code 1', output: ['gone'] });
});

test('a long output is cut to its end, and a long message is folded, not cut', () => {
  const message = Array.from({ length: 30 }, (_, index) => `word${index}`).join(' ');
  const output = Array.from({ length: 25 }, (_, index) => `line ${index}`);
  const text = draw(
    {
      mark: 'failed',
      label: 'Verify',
      what: '',
      since: start,
      until: start,
      failure: { error: 'TargetsIncomplete', message, output },
    },
    start,
    0,
    plain,
  );
  expect(text.every((line) => line.length <= 100)).toBe(true);
  expect(
    text
      .slice(1, 4)
      .map((line) => line.trim())
      .join(' '),
  ).toBe(`TargetsIncomplete: ${message}`);
  expect(text.slice(4).map((line) => line.trim())).toEqual([
    '│ … 5 lines before these',
    ...output.slice(5).map((line) => `│ ${line}`),
  ]);
});

test('an iteration that is stopped because another one failed is neither done nor failed', () => {
  expect(
    summary([
      began,
      [0, 'Copy[0]/CopyImage', 'TaskStateEntered', { input: '{"region":"eu-west-1"}' }],
      [1, 'Copy[0]/CopyImage', 'TaskStateAborted'],
      [1, 'Copy[0]', 'MapIterationAborted'],
    ]),
  ).toEqual(['stopped | Copy eu-west-1 | CopyImage a copy is begun where needed | 1s']);
});

test('an execution that ends by itself closes what was running, with its own error', () => {
  const lines = progressLines(
    recorded([
      began,
      [0, 'AwaitImage', 'TaskStateEntered'],
      [172_800, 'AwaitImage', 'ExecutionTimedOut', { error: 'States.Timeout' }],
    ]),
  );
  expect(lines).toMatchObject([{ mark: 'failed', label: 'AwaitImage', failure: { error: 'States.Timeout' } }]);
});

test('a line fits the terminal, down to a narrow one', () => {
  const line = {
    mark: 'done',
    label: 'Copy ap-southeast-2',
    what: 'x'.repeat(200),
    since: start,
    until: start + 3_725_000,
  } as const;
  for (const columns of [70, 80, 100, 240]) {
    const [text = ''] = draw(line, start, 0, { columns, colour: false });
    expect(text.length).toBeLessThan(Math.min(columns, 100) + 1);
    expect(text).toMatch(/ 1h 2m 5s$/);
  }
});

function screenOf(entries: Recorded[], { isTTY = false, entering = false, frames = 0, columns = 100 } = {}) {
  let written = '';
  let real = 0;
  const screen = createScreen({
    terminal: { ...plain, columns, isTTY },
    write: (text) => void (written += text),
    now: () => start + 63_000,
    real: () => (real += frames),
    below: (ms) => `${ms / 1000}s simulated`,
    entering,
  });
  for (const { event, path } of recorded(entries)) screen.take(event, path);
  return { screen, written: () => written };
}

test('without a terminal there are plain lines only, once a state has ended', () => {
  const { screen, written } = screenOf(provisioning);
  screen.end();
  expect(written()).toBe(
    '    0:01:02  ✓ Provision 1/3              patch                                               1m 1s\n',
  );
});

test('without a terminal but with time to wait, entering a state is a line too', () => {
  const { written } = screenOf(provisioning, { entering: true });
  expect(
    written()
      .split('\n')
      .map((line) => line.slice(13, 30).trimEnd()),
  ).toEqual(['● Provision 1/3', '✓ Provision 1/3', '● Provision 2/3', '']);
});

test('on a terminal the block of what is running is rewritten in place and leaves no trace', () => {
  const { screen, written } = screenOf(provisioning, { isTTY: true, frames: 100 });
  expect(written()).toContain(erase);
  expect(written()).toContain('● Provision 2/3');
  screen.end();
  expect(shown(written())).toEqual([
    '    0:01:02  ✓ Provision 1/3              patch                                               1m 1s',
  ]);
});

test('a terminal too narrow to be rewritten gets plain lines', () => {
  expect(screenOf(provisioning, { isTTY: true, columns: 60, frames: 100 }).written()).not.toContain('\x1b');
});

test('a terminal is not rewritten more often than the eye can follow', () => {
  expect(screenOf(provisioning, { isTTY: true, frames: 0 }).written()).not.toContain(erase);
});

/** What is left on a terminal's screen after all cursor movements. */
function shown(written: string): string[] {
  const lines: string[] = [];
  for (const [index, part] of written.split(erase).entries()) {
    if (index > 0) lines.splice(-2);
    lines.push(...part.split('\n').slice(0, -1));
  }
  return lines;
}

const beside: Recorded[] = [
  began,
  [0, 'CheckAndCopy', 'ParallelStateEntered'],
  [0, 'CheckAndCopy', 'ParallelStateStarted'],
  [0, 'AwaitCandidate', 'TaskStateEntered'],
  [0, 'Copy[0]/AwaitCopy', 'TaskStateEntered', { input: '{"region":"eu-west-1"}' }],
];

test('checks and copies that run at the same time are lines beside each other', () => {
  expect(summary(beside)).toEqual([
    'running | AwaitCandidate | its SSM agent is online | …',
    'running | Copy eu-west-1 | AwaitCopy the copy is complete | …',
  ]);
});

test('when one of them fails, the other is shown as stopped', () => {
  const failed = { error: 'WaitTimedOut', cause: '{"errorMessage":"it never came"}' };
  expect(
    summary([
      ...beside,
      [60, 'AwaitCandidate', 'TaskFailed', failed],
      [60, 'AwaitCandidate', 'TaskStateAborted'], // AWS does not name the task that it stops
      [60, 'CheckAndCopy', 'ParallelStateFailed'],
      [60, 'CheckAndCopy', 'ParallelStateExited'],
    ]),
  ).toEqual([
    'failed | AwaitCandidate | its SSM agent is online | 60s',
    'stopped | Copy eu-west-1 | AwaitCopy the copy is complete | 60s',
  ]);
});

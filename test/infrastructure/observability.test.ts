// The metrics and alarms of a pipeline over two days: one recipe that is published, one that always fails, and a sweep.
import type { Interference } from '../../simulator/pipeline/interference.ts';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { failureNames } from '../../core/failure-names.ts';
import { units } from '../../core/report/metrics.ts';
import type { Simulation } from '../../simulator/pipeline/simulation.ts';
import type { Template } from '../support/template/check-template.ts';
import { checkEmf, isMetric, metricsIn } from '../support/emf.ts';
import { packagedTemplate } from '../support/template/packaged-template.ts';
import { account, leftIn } from '../support/pipeline.ts';
import { buildSeconds, follower, hour, resting, triggered } from '../support/triggered.ts';

type Line = Record<string, any>;
let template: Template;
let simulation: Simulation;
/** Of every wait there was. */
const taskTokens = new Set<string>();
const lines: Line[] = [];
const metrics = () => lines.filter(isMetric);
/** Values of a metric, with what they are of. */
const measured = (name: string) =>
  metrics().flatMap((line) => {
    if (!(name in line)) return [];
    const { Recipe, Phase, Error, Channel } = line;
    return [
      {
        ...Object.fromEntries(Object.entries({ Recipe, Phase, Error, Channel }).filter(([, of]) => of)),
        [name]: line[name],
      },
    ];
  });

beforeAll(async () => {
  const explode = { provision: [{ name: 'explode', run: 'false' }] };
  simulation = triggered([follower('base'), follower('broken', explode)], {
    notify: true,
    scenario: { commands: [{ step: 'explode', exitCode: 1 }] },
    onLog: (line) => void lines.push(line),
  });
  simulation.stepFunctions.onEvent((_, { taskScheduledEventDetails: scheduled }) => {
    const { Payload } = JSON.parse((scheduled?.['parameters'] as string | undefined) ?? '{}') as { Payload?: Line };
    if (Payload?.['taskToken']) taskTokens.add(Payload['taskToken'] as string);
  });
  await simulation.pass(6.5 * hour);
  simulation.start({ recipe: 'base' });
  simulation.start({ recipe: 'base', overrides: { builder: { instanceType: 't3.small' } } });
  simulation.start({ recipe: 'nobody' });
  await simulation.pass(buildSeconds);
  for (const image of simulation.cloud.world.region('us-east-1').images.values())
    if (image.owner === account && image.state === 'available') image.state = 'deregistered';
  await simulation.pass(6 * hour);
  template = await packagedTemplate();
}, 60_000);

describe('every line of the log', () => {
  test('says which build it is about, but where it is about a recipe or about all of them', () => {
    const ofAll = [
      'WatchSources',
      'MeasureRecipes',
      'CheckDrift',
      'StartBuild',
      'Sweep',
      'ResolveRetirement',
      'VerifyRetirement',
    ];
    const ofRecipe = (line: Line) => ['BrokenChannels', 'BreakerOpen', 'Drifts'].some((name) => name in line);
    const nameless = lines.filter(
      (line) =>
        !(line['recipe'] && (line['build'] || ofRecipe(line))) &&
        !ofAll.includes(line['state']) &&
        !('OrphansFound' in line) &&
        !('ImagesRetired' in line) &&
        // An event of a thing that no build waits for, or does no longer.
        line['outcome'] !== 'nobody waits for it',
    );
    expect(nameless).toEqual([]);
    const states = new Set(lines.map(({ state }) => state));
    for (const state of ['Resolve', 'RecordFailure', 'Compensate', 'CleanUp', 'Notify'])
      expect(states).toContain(state);
  });

  test('holds no task token, which would let its reader answer for what is waited for', () => {
    expect(taskTokens.size).toBeGreaterThan(40);
    const told = lines.map((line) => JSON.stringify(line)).join('\n');
    expect([...taskTokens].filter((token) => told.includes(token))).toEqual([]);
    expect(told).not.toContain('taskToken');
  });

  test('of the clean-up from outside, which is handed an execution, names the build that died', () => {
    const failed = lines.find(({ state, recipe }) => state === 'RecordFailure' && recipe === 'broken');
    const compensating = lines.filter(({ state, build }) => state === 'Compensate' && build === failed?.build);
    expect(new Set(compensating.map(({ recipe }) => recipe))).toEqual(new Set(['broken']));
  });

  test('that measures something is a document of the embedded metric format', () => {
    expect(metrics().length).toBeGreaterThan(20);
    expect(metrics().flatMap((line) => checkEmf(line, Date.parse(line.at)))).toEqual([]);
    expect(new Set(metrics().map(({ Deployment }) => Deployment))).toEqual(new Set(['golden-image-dev']));
  });
});

describe('measured is', () => {
  test('a published build, once: how long it and each phase took, and what it cost', () => {
    expect(measured('BuildsPublished')).toEqual([{ Recipe: 'base', BuildsPublished: 1 }]);
    const [{ BuildSeconds: whole }] = measured('BuildSeconds') as [Line];
    const phases = measured('PhaseSeconds');
    expect(phases.map(({ Phase }: Line) => Phase)).toEqual(['bake', 'check', 'distribute', 'publish', 'undo']);
    const sum = phases.reduce((total, { PhaseSeconds }: Line) => total + PhaseSeconds, 0);
    expect(sum).toBeGreaterThan(0.9 * whole);
    // The image is copied while it is checked.
    const secondsOf = (phase: string) => phases.find(({ Phase }: Line) => Phase === phase)?.PhaseSeconds;
    expect(sum - Math.min(secondsOf('check'), secondsOf('distribute'))).toBeLessThanOrEqual(whole + 0.01);
    const costs = measured('EstimatedCost').filter(({ Recipe }: Line) => Recipe === 'base') as Line[];
    expect(costs).toHaveLength(1);
    expect(costs[0]?.['EstimatedCost']).toBeGreaterThan(0.001);
    expect(costs[0]?.['EstimatedCost']).toBeLessThan(0.02);
  });

  test('a failed build, once each, though it is cleaned up from outside as well', () => {
    const failures = simulation.executions().filter(({ error }) => error === 'ProvisionFailed');
    expect(failures).toHaveLength(5);
    expect(measured('Failures').filter(({ Recipe }: Line) => Recipe === 'broken')).toEqual(
      failures.map(() => ({ Recipe: 'broken', Error: 'ProvisionFailed', Failures: 1 })),
    );
    expect(measured('BuildsFailed').filter(({ Recipe }: Line) => Recipe === 'broken')).toHaveLength(5);
  });

  test('a start that was refused, and one that had nothing to do', () => {
    // The two executions run at the same time, so which of them fails first says nothing.
    const refused = measured('Failures').filter(({ Recipe }: Line) => Recipe !== 'broken');
    expect(refused.toSorted((a, b) => String(a.Recipe).localeCompare(String(b.Recipe)))).toEqual([
      { Recipe: 'base', Error: 'RecipeInvalid', Failures: 1 },
      { Recipe: 'nobody', Error: 'RecipeInvalid', Failures: 1 },
    ]);
    expect(measured('BuildsUpToDate')).toEqual([{ Recipe: 'base', BuildsUpToDate: 1 }]);
  });

  test('the age of what a channel points at, every six hours, and that it points at nothing any more', () => {
    const [before, after] = measured('BrokenChannels');
    expect(before).toEqual({ Recipe: 'base', Channel: 'stable', BrokenChannels: 0 });
    const [{ ImageAge }] = measured('ImageAge') as [Line];
    expect(ImageAge).toEqual([expect.any(Number)]);
    expect(ImageAge[0]).toBeGreaterThan(0.2);
    expect(ImageAge[0]).toBeLessThan(0.25);
    expect(after).toMatchObject({ BrokenChannels: 1 });
    const [line] = lines.filter(({ BrokenChannels }) => BrokenChannels === 1);
    expect(line).toMatchObject({
      level: 'WARN',
      recipe: 'base',
      broken: [
        expect.stringMatching(/^\/golden\/base\/stable in us-east-1 holds ami-\w+, which EC2 does not know any more$/),
      ],
    });
    expect(leftIn(simulation).instances).toEqual([]);
  });

  test('which recipes are not built by themselves any more', () => {
    expect(measured('BreakerOpen').map(({ Recipe, BreakerOpen }: Line) => [Recipe, BreakerOpen])).toEqual([
      ['base', 0],
      ['broken', 0],
      ['base', 0],
      ['broken', 1],
      ['base', 0],
      ['broken', 1],
    ]);
  });
});

test('a sweep tells how many orphans it found, of no recipe', () => {
  expect(measured('OrphansFound')).toEqual([{ OrphansFound: expect.any(Number) }]);
});

describe('people are told', () => {
  test('of a build that is published, and of each that failed, and of none that had nothing to do', () => {
    const subjects = simulation.mails.map(({ subject }) => subject);
    expect(subjects.filter((one) => one.includes('broken'))).toEqual(
      Array(5).fill(expect.stringMatching(/^golden-image-dev: broken FAILED in \w+: ProvisionFailed$/)),
    );
    // The last two end at about the same time: either may be heard of first.
    const others = subjects.filter((one) => !one.includes('broken'));
    expect(others[0]).toBe('golden-image-dev: base is published');
    expect(new Set(others.slice(1))).toEqual(
      new Set([
        'golden-image-dev: base FAILED: RecipeInvalid',
        'golden-image-dev: nobody FAILED: RecipeInvalid',
        'golden-image-dev: published images of base were changed',
      ]),
    );
    expect(others).toHaveLength(4);
    const mail = simulation.mails.find(({ subject }) => subject.endsWith('is published'));
    expect(mail?.text).toContain(
      'https://console.aws.amazon.com/states/home?region=us-east-1#/v2/executions/details/arn:aws:states',
    );
    const key = /s3:\/\/[\w-]+\/(\S+manifest\.json)/.exec(mail?.text ?? '')?.[1];
    expect(simulation.artifact(key ?? '')).toContain('"status": "published"');
  });
});

describe('when AWS refuses', () => {
  const refused = (action: string) => ({ action, error: 'AccessDeniedException', message: 'no' });
  const started = (scenario: object, options: object = {}) => {
    const heard: Line[] = [];
    const one = triggered([resting('base')], { scenario, ...options, onLog: (line) => void heard.push(line) });
    return Object.assign(one, { heard });
  };

  const refuseWaits: Interference['call'] = ({ by, action }) =>
    by === 'AwaitBuilder' && action === 'PutObject' ? { error: 'AccessDenied', effect: false } : undefined;

  test('to keep what a state waits for, the warning names the build, which goes on with its heartbeats', async () => {
    const refusing = started({}, { interfere: { call: refuseWaits } });
    await refusing.finish(refusing.start({ recipe: 'base' }));
    const warnings = refusing.heard.filter(({ level }) => level === 'WARN');
    expect(warnings[0]).toMatchObject({
      state: expect.any(String),
      recipe: 'base',
      build: expect.stringMatching(/^20261123-030000-/),
      message: expect.stringMatching(/^no event can wake this wait: s3:PutObject .*AccessDenied/),
    });
  });

  test('a message, it is tried twice more and left in the queue, with the event it was to tell of', async () => {
    const refusing = started({ api: [{ ...refused('sns:Publish'), times: 9 }] }, { notify: true });
    refusing.start({ recipe: 'nobody' });
    await refusing.pass(600);
    expect(refusing.mails).toEqual([]);
    expect(refusing.queue('TriggerFailures')).toMatchObject([
      {
        body: {
          requestPayload: { detail: { status: 'FAILED' } },
          responsePayload: {
            errorType: 'AwsRefused',
            errorMessage: expect.stringContaining('sns:Publish of arn:aws:sns:'),
          },
        },
      },
    ]);
  });
});

describe('the template', () => {
  /** Metrics that AWS itself has of what the template creates. */
  const ofAws: Record<string, RegExp> = {
    'AWS/States': /^Executions(Started|Succeeded|Failed|TimedOut|Aborted) StateMachineArn$/,
    'AWS/SQS': /^ApproximateNumberOfMessagesVisible QueueName$/,
  };
  const known = () => new Set(metrics().flatMap(metricsIn));
  const wrong = (namespace: string, metric: string) =>
    namespace === 'GoldenImages' ? !known().has(metric) : !ofAws[namespace]?.test(metric);
  const of = (type: string) => Object.entries(template.Resources).filter(([, { Type }]) => Type === type);
  const alarms = () => of('AWS::CloudWatch::Alarm').map(([id, { Properties }]) => ({ id, ...Properties })) as Line[];
  const widgets = () =>
    JSON.parse(of('AWS::CloudWatch::Dashboard')[0]?.[1].Properties['DashboardBody']['Fn::Sub']).widgets as Line[];

  test('has alarms on nothing but what is measured', () => {
    const watched = alarms().flatMap(({ id, Metrics, ...single }) =>
      (Metrics ? Metrics.flatMap(({ MetricStat }: Line) => MetricStat?.Metric ?? []) : [single]).map(
        ({ Namespace, MetricName, Dimensions }: Line) => ({
          id,
          Namespace,
          metric: `${MetricName} ${Dimensions.map(({ Name }: Line) => Name)
            .toSorted()
            .join()}`,
        }),
      ),
    );
    expect(watched.length).toBeGreaterThan(15);
    expect(watched.filter(({ Namespace, metric }) => wrong(Namespace, metric))).toEqual([]);
  });

  test('draws nothing but what is measured, and all of it', () => {
    const drawn = widgets().flatMap(({ properties: { metrics: all = [] } }) =>
      (all as unknown[][]).map(([namespace, name, ...rest]) => {
        if (typeof namespace === 'string')
          return [
            namespace,
            `${String(name)} ${rest
              .filter((_, index) => index % 2 === 0 && index < rest.length - 1)
              .map(String)
              .toSorted()
              .join()}`,
          ] as const;
        const { expression } = namespace as { expression: string };
        const [, space = '', dimensions = '', metric = ''] =
          /^SEARCH\('\{(\w+),([\w,]+)\} MetricName="(\w+)" Deployment="golden-image-dev"', '\w+', \d+\)$/.exec(
            expression,
          ) ?? [];
        return [space, `${metric} ${dimensions.split(',').toSorted().join()}`] as const;
      }),
    );
    expect(drawn.filter(([namespace, metric]) => wrong(namespace, metric))).toEqual([]);
    const shown = new Set(drawn.map(([, metric]) => metric.split(' ')[0]));
    expect(Object.keys(units).filter((name) => !shown.has(name))).toEqual([]);
  });

  test('lays out the widgets without overlap, on a grid of 24 columns', () => {
    const cells = widgets().flatMap(({ x, y, width, height }) =>
      Array.from({ length: width * height }, (_, index) => `${x + (index % width)} ${y + Math.floor(index / width)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(Math.max(...widgets().map(({ x, width }) => x + width))).toBe(24);
  });

  test('shows every alarm on the dashboard, and has one for every queue and every channel', () => {
    const [{ properties }] = widgets() as [Line];
    expect(properties.alarms).toEqual(alarms().map(({ id }) => `\${${id}.Arn}`));
    for (const [id] of of('AWS::SQS::Queue'))
      expect(alarms().flatMap(({ Dimensions = [] }) => Dimensions)).toContainEqual({
        Name: 'QueueName',
        Value: { 'Fn::GetAtt': [id, 'QueueName'] },
      });
    const stale = alarms().filter(({ MetricName }) => MetricName === 'ImageAge');
    expect(stale.map(({ Dimensions }) => Dimensions[1].Value)).toEqual([
      'al2023-base',
      'multi-arch-arm64',
      'multi-arch-x86_64',
      'ubuntu-2404-docker',
      'web-server',
      'windows-2025-base',
    ]);
    for (const { Threshold } of stale) expect(Threshold).toBe(45);
  });

  test('says of every alarm which section of the runbook to read', () => {
    const runbook = readFileSync('docs/operations.md', 'utf8');
    const sections = [...runbook.matchAll(/^##+ (.+)$/gm)].map(([, title]) => title);
    for (const { id, AlarmDescription, AlarmName } of alarms()) {
      const [, title] = /Runbook: "(.+)"\.$/.exec(AlarmDescription) ?? [];
      expect([id, sections]).toEqual([id, expect.arrayContaining([title])]);
      expect(AlarmName.startsWith('golden-image-dev-')).toBe(true);
    }
    for (const name of Object.keys(units)) expect(runbook).toMatch(new RegExp(`^\\| \`${name}\` +\\|`, 'm'));
  });

  test('lets no alarm ring where nothing has happened yet, nor fall silent between two measurements', () => {
    for (const { id, TreatMissingData, Namespace, Metrics } of alarms()) {
      const ours = !Metrics && Namespace === 'GoldenImages';
      expect([id, TreatMissingData]).toEqual([id, ours ? 'ignore' : 'notBreaching']);
    }
  });

  test('tells nobody unless asked to', () => {
    expect([...of('AWS::SNS::Topic'), ...of('AWS::SNS::TopicPolicy')]).toEqual([]);
    expect(alarms().filter(({ AlarmActions }) => AlarmActions)).toEqual([]);
    expect(Object.keys(template.Resources)).not.toContain('BuildEnded');
  });

  test('has the name of every failure the pipeline knows', () => {
    for (const { Error } of measured('Failures') as Line[]) expect(failureNames).toContain(Error);
  });
});

test('the docs count alarms as CloudWatch bills them: by the metrics that they read', () => {
  const alarms = Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm');
  const read = alarms.flatMap(({ Properties: { Metrics = [{ MetricStat: {} }] } }) =>
    (Metrics as { MetricStat?: object }[]).filter(({ MetricStat }) => MetricStat),
  );
  const said = /^\| alarms: \$0\.10 .*?\| \$([\d.]+) +\|/m.exec(readFileSync('docs/deploy.md', 'utf8'));
  expect(said?.[1]).toBe((read.length * 0.1).toFixed(2));
});

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Simulation } from '../../../simulator/pipeline/simulation.ts';
import { brisk, operator } from '../../support/deployed.ts';
import { account, build, copied, home, optional, pipeline, recipe, targets } from '../../support/pipeline.ts';

const recipes = mkdtempSync(join(tmpdir(), 'golden-regions-'));
const recipesOf = (...distribute: object[]) =>
  writeFileSync(join(recipes, 'base.yaml'), JSON.stringify({ ...recipe, distribute }));
afterAll(() => rmSync(recipes, { recursive: true, force: true }));

let simulation: Simulation;
beforeAll(() => recipesOf(targets.home, targets.copied, targets.optional));

const golden = (...args: string[]) => operator(simulation).run('regions', ...args, '--recipes', recipes);
const steps = async (...args: string[]) => {
  const { out } = await golden(...args, '--json');
  return Object.fromEntries(
    (JSON.parse(out) as { region: string; step: string }[]).map(({ region, step }) => [region, step]),
  );
};
const calls = (action: string) => simulation.cloud.calls.filter((call) => call.action === action).length;
const told = () => simulation.read({}, 'regionStacks')?.regions;

describe('golden regions, one after the other', () => {
  beforeAll(() => {
    simulation = pipeline({ scenario: { delays: brisk } });
  });

  test('plans a stack for each region that a recipe copies to, and makes none', async () => {
    const { exitCode, out } = await golden();
    expect(exitCode).toBe(0);
    expect(out).toMatch(/ap-southeast-2 +create +a recipe copies images there\n +eu-west-1 +create/);
    expect(out).not.toContain(home);
    expect(calls('CreateStack')).toBe(0);
    expect(told()).toBeUndefined();
  });

  test('makes the planned stacks and waits for them, and the builds know of them', async () => {
    const { exitCode, out } = await golden('--apply');
    expect({ exitCode, out }).toEqual({
      exitCode: 0,
      out: expect.stringMatching(/ap-southeast-2 +created.*\n.*created/),
    });
    expect(told()).toEqual([optional, copied]);
    expect(await build(simulation)).toMatchObject({ status: 'SUCCEEDED' });
    const [plan] = [...simulation.cloud.world.buckets.values()].flatMap(({ objects }) =>
      [...objects].filter(([key]) => key.endsWith('/plan.json')),
    );
    expect(JSON.parse(plan?.[1].body.toString() ?? '{}')).toMatchObject({ told: [optional, copied] });
  });

  test('changes nothing when it is repeated', async () => {
    expect(await steps('--apply')).toEqual({ [copied]: 'keep', [optional]: 'keep' });
    expect([calls('CreateStack'), calls('UpdateStack'), calls('DeleteStack')]).toEqual([2, 0, 0]);
  });

  test('removes the stack of a region that no recipe copies to any more, and only that', async () => {
    recipesOf(targets.home, targets.copied);
    expect(await steps('--plan')).toEqual({ [copied]: 'keep', [optional]: 'remove' });
    expect(await steps('--apply')).toEqual({ [copied]: 'keep', [optional]: 'remove' });
    expect(await steps('--plan')).toEqual({ [copied]: 'keep' });
    expect(told()).toEqual([copied]);
    recipesOf(targets.home, targets.copied, targets.optional);
  });

  test('with regions named, leaves the others as they are', async () => {
    expect(await steps(optional, '--apply')).toEqual({ [optional]: 'create' });
    expect(told()).toEqual([optional, copied]);
    expect(await steps(copied, '--remove')).toEqual({ [copied]: 'remove' });
    expect(told()).toEqual([optional]);
  });

  test('removes all of its stacks, and is done when there are none', async () => {
    expect(await steps('--remove')).toEqual({ [optional]: 'remove' });
    expect(told()).toEqual([]);
    expect(await golden('--remove')).toMatchObject({ exitCode: 0, out: '  No region has or needs a stack.\n' });
  });
});

describe('golden regions', () => {
  beforeEach(() => {
    simulation = pipeline({ scenario: { delays: brisk } });
  });

  const name = 'golden-image-dev-events-to-us-east-1';
  const ask = (action: string, input: object) =>
    simulation.cloud.services['cloudformation']?.[action]?.(input, { account, region: copied });

  test('refuses a stack of its name that is not its own, and never touches it', async () => {
    ask('CreateStack', { StackName: name, TemplateBody: '{"Resources":{}}' });
    await simulation.pass(60);
    const { exitCode, out } = await golden('--apply');
    expect({ exitCode, out }).toEqual({
      exitCode: 1,
      out: expect.stringMatching(/eu-west-1 +refuse +.* lacks the tag golden:events-to=golden-image-dev-us-east-1/),
    });
    expect(await steps('--remove')).toMatchObject({ [copied]: 'refuse' });
    expect(ask('DescribeStacks', { StackName: name })).toMatchObject({ Stacks: [{ StackStatus: 'CREATE_COMPLETE' }] });
  });

  test('updates a stack of another version', async () => {
    const Tags = [{ Key: 'golden:events-to', Value: 'golden-image-dev-us-east-1' }];
    ask('CreateStack', { StackName: name, TemplateBody: '{"Resources":{}}', Tags });
    await simulation.pass(60);
    expect((await golden('--plan')).out).toMatch(/eu-west-1 +update +it is of version unknown, current is \w{12}/);
    expect(await steps('--apply')).toEqual({ [copied]: 'update', [optional]: 'create' });
    expect(await steps('--plan')).toEqual({ [copied]: 'keep', [optional]: 'keep' });
  });

  test('tells why CloudFormation could not make a stack, makes the others, and replaces it at the next time', async () => {
    const rules = Array.from({ length: 300 }, (_, index) =>
      simulation.cloud.events.addRule({
        name: `${index}`,
        account,
        region: copied,
        pattern: {},
        target: () => undefined,
      }),
    );
    const { exitCode, out } = await golden('--apply');
    expect(exitCode).toBe(1);
    expect(out).toMatch(/ap-southeast-2 +created/);
    expect(out).toMatch(/eu-west-1 +failed +.* is ROLLBACK_COMPLETE: CopyEnded CREATE_FAILED: .*exceeds.*Request ID/);
    expect(told()).toEqual([optional]);
    rules.forEach((remove) => remove());
    expect(await steps('--plan')).toEqual({ [copied]: 'replace', [optional]: 'keep' });
    expect(await steps('--apply')).toEqual({ [copied]: 'replace', [optional]: 'keep' });
    expect(told()).toEqual([optional, copied]);
  });

  test('tells what AWS refuses in a region, with code and request, and makes the others', async () => {
    const call = ({ action, region }: { action: string; region: string }) =>
      action === 'CreateStack' && region === copied
        ? { error: 'AccessDenied', message: 'not authorized to perform: cloudformation:CreateStack', effect: false }
        : undefined;
    simulation = pipeline({ interfere: { call } });
    const { exitCode, out } = await golden('--apply');
    expect(exitCode).toBe(1);
    expect(out).toMatch(
      /eu-west-1 +failed +cloudformation:CreateStack of \S+ in eu-west-1: AccessDenied: .*, request 0{8}/,
    );
    expect(out).toMatch(/ap-southeast-2 +created/);
  });

  test('says which regions it may not look at, and fails only if a recipe copies there', async () => {
    const forbidden = new Set(['sa-east-1']);
    const call = ({ service, region }: { service: string; region: string }) =>
      service === 'cloudformation' && forbidden.has(region) ? { error: 'AccessDenied', effect: false } : undefined;
    simulation = pipeline({ interfere: { call } });
    expect(await golden()).toMatchObject({ exitCode: 0, out: expect.stringMatching(/sa-east-1 +not looked at/) });
    forbidden.add(copied);
    expect(await golden()).toMatchObject({ exitCode: 1, out: expect.stringMatching(/eu-west-1 +failed/) });
  });

  test.each([
    [['--plan', '--apply'], 'give one of'],
    [['moon-1'], 'moon-1: there is no such region'],
    [[home], "us-east-1 is the pipeline's own region"],
    [['af-south-1'], 'af-south-1: this account has not enabled it'],
    [['--stage', 'none'], 'there is no state machine golden-image-none-build-image'],
  ])('refuses %j before it does anything', async (args, says) => {
    const { exitCode, out, err } = await golden(...args);
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
    expect(err).toContain(says);
  });

  test('is left with Ctrl-C, and the next run goes on', async () => {
    const someone = operator(simulation);
    someone.interruptIn(8);
    expect(await someone.run('regions', '--apply', '--recipes', recipes)).toMatchObject({ exitCode: 130 });
    expect(await steps('--apply')).toEqual({ [copied]: 'keep', [optional]: 'keep' });
    expect(told()).toEqual([optional, copied]);
  });
});

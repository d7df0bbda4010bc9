import { comparisonOf } from '../values/choice.ts';
import type { ChoiceRule, Definition, Json, State, States } from '../definition.ts';
import { attemptRefusals } from './supported-attempts.ts';
import { assignedNames, expressionRefusal, templateRefusals } from './supported-expressions.ts';

const COMMON = ['Type', 'Comment', 'QueryLanguage'];
const FLOW = ['Next', 'End'];
const IO = ['InputPath', 'OutputPath'];
const ATTEMPTED = ['ResultPath', 'ResultSelector', 'Assign', 'Retry', 'Catch', ...IO, ...FLOW];
const FIELDS: Record<State['Type'], string[]> = {
  Task: 'Resource Parameters TimeoutSeconds TimeoutSecondsPath HeartbeatSeconds HeartbeatSecondsPath'
    .split(' ')
    .concat(ATTEMPTED),
  Map: ['ItemsPath', 'ItemSelector', 'Parameters', 'MaxConcurrency', 'ItemProcessor', 'Iterator', ...ATTEMPTED],
  Parallel: ['Branches', 'Parameters', ...ATTEMPTED],
  Pass: ['Result', 'Parameters', 'ResultPath', 'Assign', ...IO, ...FLOW],
  Wait: ['Seconds', 'SecondsPath', 'Timestamp', 'TimestampPath', 'Assign', ...IO, ...FLOW],
  Choice: ['Choices', 'Default', 'Assign', ...IO],
  Succeed: IO,
  Fail: ['Error', 'ErrorPath', 'Cause', 'CausePath'],
};
const PATHS = ['InputPath', 'OutputPath', 'ResultPath', 'ItemsPath'].concat(
  ['Seconds', 'Timestamp', 'TimeoutSeconds', 'HeartbeatSeconds', 'Error', 'Cause'].map((field) => `${field}Path`),
);
const TEMPLATES = ['Parameters', 'ResultSelector', 'ItemSelector', 'Assign'];
const RESOURCE = /^arn:aws(-[a-z-]+)?:states:::lambda:invoke(\.waitForTaskToken)?$/;

/** Everything in a definition that the simulator does not implement or AWS would refuse, each with state and field. */
export function refusals(definition: Definition): string[] {
  const found: string[] = [];
  const seen = new Set<string>();
  const say = (where: string, what: string) => void found.push(`${where}: ${what}`);

  function only(where: string, object: object, fields: string[]) {
    for (const field of Object.keys(object)) if (!fields.includes(field)) say(where, `${field} is not supported`);
    const language = (object as { QueryLanguage?: string }).QueryLanguage ?? 'JSONPath';
    if (language !== 'JSONPath') say(where, `QueryLanguage ${language} is not supported`);
  }

  function walk(where: string, states: States, outer: string[]) {
    const { StartAt, States: all } = states;
    if (typeof all !== 'object' || all === null) return say(where, 'States is missing');
    const own = assignedNames(Object.values(all));
    for (const name of own) if (outer.includes(name)) say(where, `Assign must not reuse the outer variable $${name}`);
    const visible = [...outer, ...own];
    const reached = new Set<string>();
    const reach = (from: string, field: string, name: unknown) => {
      if (typeof name !== 'string' || !Object.hasOwn(all, name))
        return say(from, `${field} names no state: ${String(name)}`);
      if (reached.has(name)) return;
      reached.add(name);
      for (const [key, next] of nexts(all[name]!)) reach(name, key, next);
    };
    reach(where, 'StartAt', StartAt);
    for (const [name, state] of Object.entries(all)) {
      if (seen.has(name)) say(name, 'this name is used twice in the state machine');
      seen.add(name);
      if (!reached.has(name)) say(name, 'the state is not reachable');
      check(name, state, visible);
    }
    const ends = ({ End, Type }: State) => End === true || Type === 'Succeed' || Type === 'Fail';
    if (!Object.values(all).some(ends)) say(where, 'there is no terminal state');
  }

  function check(name: string, state: State, variables: string[]) {
    const fields = Object.hasOwn(FIELDS, state.Type) ? FIELDS[state.Type] : undefined;
    if (!fields) return say(name, `Type ${String(state.Type)} is not supported`);
    only(name, state, [...COMMON, ...fields]);
    const value = (field: string) => (state as unknown as Record<string, Json | undefined>)[field];
    for (const field of PATHS) {
      const path = value(field);
      if (path === undefined || (path === null && ['InputPath', 'OutputPath', 'ResultPath'].includes(field))) continue;
      const why = expressionRefusal(path, variables, {
        intrinsic: /^(Error|Cause)Path$/.test(field),
        reference: field === 'ResultPath',
      });
      if (why) say(name, `${field} ${why}`);
    }
    for (const field of TEMPLATES)
      for (const why of templateRefusals(value(field), variables)) say(name, `${field}.${why}`);
    if (fields.includes('Next') && (state.Next === undefined) === (state.End !== true))
      say(name, 'needs either Next or End: true');
    for (const pair of [
      ['Error', 'ErrorPath'],
      ['Cause', 'CausePath'],
      ['TimeoutSeconds', 'TimeoutSecondsPath'],
      ['HeartbeatSeconds', 'HeartbeatSecondsPath'],
      ['ItemSelector', state.Type === 'Map' ? 'Parameters' : ''],
    ])
      if (pair.every((field) => value(field) !== undefined)) say(name, `${pair.join(' and ')} exclude each other`);
    found.push(...attemptRefusals(name, state, variables));
    if (state.Type === 'Task') task(name, state);
    if (state.Type === 'Choice') {
      if (!Array.isArray(state.Choices) || state.Choices.length === 0) say(name, 'Choices is missing');
      else state.Choices.forEach((each, i) => rule(name, `Choices[${i}]`, each, variables, true));
    }
    if (state.Type === 'Wait') {
      const given = ['Seconds', 'SecondsPath', 'Timestamp', 'TimestampPath'].filter(
        (field) => value(field) !== undefined,
      );
      if (given.length !== 1) say(name, 'needs exactly one of Seconds, SecondsPath, Timestamp, TimestampPath');
      if (state.Seconds !== undefined && !(Number.isInteger(state.Seconds) && state.Seconds >= 0))
        say(name, 'Seconds must be an integer from 0');
      if (state.Timestamp !== undefined && Number.isNaN(Date.parse(state.Timestamp)))
        say(name, 'Timestamp is not a timestamp');
    }
    if (state.Type === 'Map') map(name, state, variables);
    if (state.Type === 'Parallel') {
      if (!Array.isArray(state.Branches) || state.Branches.length === 0) say(name, 'Branches is missing');
      else
        for (const [i, states] of state.Branches.entries()) {
          only(`${name}.Branches[${i}]`, states, ['StartAt', 'States', 'Comment']);
          walk(`${name}.Branches[${i}]`, states, variables);
        }
    }
  }

  function task(name: string, state: State) {
    if (!RESOURCE.test(state.Resource ?? '')) say(name, `Resource ${state.Resource} is not supported`);
    const parameters = Object.keys((state.Parameters ?? {}) as object);
    for (const key of parameters)
      if (!/^(FunctionName|Payload)(\.\$)?$/.test(key)) say(name, `Parameters.${key} is not supported`);
    if (!parameters.some((key) => /^FunctionName(\.\$)?$/.test(key))) say(name, 'Parameters.FunctionName is missing');
    for (const field of ['TimeoutSeconds', 'HeartbeatSeconds'] as const) {
      const seconds = state[field];
      if (seconds !== undefined && !(Number.isInteger(seconds) && seconds > 0))
        say(name, `${field} must be a positive integer`);
    }
    const { TimeoutSeconds = Infinity, HeartbeatSeconds = 0 } = state;
    if (HeartbeatSeconds >= TimeoutSeconds) say(name, 'HeartbeatSeconds must be smaller than TimeoutSeconds');
  }

  function map(name: string, state: State, variables: string[]) {
    const { ItemProcessor, Iterator, MaxConcurrency = 0 } = state;
    if (!Number.isInteger(MaxConcurrency) || MaxConcurrency < 0) say(name, 'MaxConcurrency must be an integer from 0');
    if (!ItemProcessor === !Iterator) return say(name, 'needs either ItemProcessor or Iterator');
    const states = (ItemProcessor ?? Iterator)!;
    const { ProcessorConfig = {} } = states as States & { ProcessorConfig?: { Mode?: string } };
    only(`${name}.ItemProcessor`, states, ['StartAt', 'States', 'Comment', 'ProcessorConfig']);
    only(`${name}.ItemProcessor.ProcessorConfig`, ProcessorConfig, ['Mode']);
    if ((ProcessorConfig.Mode ?? 'INLINE') !== 'INLINE')
      say(name, `ProcessorConfig.Mode ${ProcessorConfig.Mode} is not supported`);
    walk(`${name}.ItemProcessor`, states, variables);
  }

  function rule(name: string, where: string, each: ChoiceRule, variables: string[], top: boolean) {
    const inner = each.And ?? each.Or ?? (each.Not ? [each.Not] : undefined);
    if (inner) only(`${name}.${where}`, each, [each.And ? 'And' : each.Or ? 'Or' : 'Not', 'Next', 'Assign', 'Comment']);
    if (!top && (each.Next !== undefined || each.Assign !== undefined))
      say(`${name}.${where}`, 'Next and Assign belong to the top rule');
    for (const why of templateRefusals(each.Assign, variables)) say(`${name}.${where}`, `Assign.${why}`);
    if (inner) return inner.forEach((one, i) => rule(name, `${where}[${i}]`, one, variables, false));
    const comparison = comparisonOf(each);
    if (!comparison) return say(`${name}.${where}`, `no supported comparison in {${Object.keys(each).join(', ')}}`);
    for (const path of comparison.endsWith('Path') ? [each.Variable, each[comparison]] : [each.Variable]) {
      const why = expressionRefusal(path as Json, variables, { intrinsic: false, reference: false });
      if (why) say(`${name}.${where}`, why);
    }
  }

  only('the state machine', definition, ['Comment', 'StartAt', 'States', 'TimeoutSeconds', 'Version', 'QueryLanguage']);
  walk('the state machine', definition, []);
  return found;
}

function nexts({ Next, Default, Catch = [], Choices = [] }: State): [string, unknown][] {
  return [
    ...(Next === undefined ? [] : [['Next', Next] as [string, unknown]]),
    ...(Default === undefined ? [] : [['Default', Default] as [string, unknown]]),
    ...Catch.map(({ Next: to }, i): [string, unknown] => [`Catch[${i}].Next`, to]),
    ...Choices.map(({ Next: to }, i): [string, unknown] => [`Choices[${i}].Next`, to]),
  ];
}

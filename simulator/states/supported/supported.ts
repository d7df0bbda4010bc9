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
/** Fields of which a state may have only one. */
const EXCLUDING = [
  ['Error', 'ErrorPath'],
  ['Cause', 'CausePath'],
  ['TimeoutSeconds', 'TimeoutSecondsPath'],
  ['HeartbeatSeconds', 'HeartbeatSecondsPath'],
];
const RESOURCE = /^arn:aws(-[a-z-]+)?:states:::lambda:invoke(\.waitForTaskToken)?$/;

/** Everything in a definition that the simulator does not implement or AWS would refuse, each with state and field. */
export function refusals(definition: Definition): string[] {
  const review = new Review();
  review.fields('the state machine', definition, [
    'Comment',
    'StartAt',
    'States',
    'TimeoutSeconds',
    'Version',
    'QueryLanguage',
  ]);
  review.states('the state machine', definition, []);
  return review.found;
}

/** One look at a definition. Every method adds what it refuses to `found`. */
class Review {
  readonly found: string[] = [];
  /** Names of states, which must be unique in the whole machine. */
  readonly #names = new Set<string>();

  fields(where: string, object: object, known: string[]): void {
    for (const field of Object.keys(object)) if (!known.includes(field)) this.#say(where, `${field} is not supported`);
    const language = (object as { QueryLanguage?: string }).QueryLanguage ?? 'JSONPath';
    if (language !== 'JSONPath') this.#say(where, `QueryLanguage ${language} is not supported`);
  }

  /** Reviews the states of a machine, an iteration or a branch. `outer` are the variables that are visible around them. */
  states(where: string, states: States, outer: string[]): void {
    const { States: all } = states;
    if (typeof all !== 'object' || all === null) return this.#say(where, 'States is missing');
    const own = assignedNames(Object.values(all));
    for (const name of own)
      if (outer.includes(name)) this.#say(where, `Assign must not reuse the outer variable $${name}`);
    const reached = this.#reached(where, states);
    for (const [name, state] of Object.entries(all)) {
      if (this.#names.has(name)) this.#say(name, 'this name is used twice in the state machine');
      this.#names.add(name);
      if (!reached.has(name)) this.#say(name, 'the state is not reachable');
      this.#state(name, state, [...outer, ...own]);
    }
    const ends = ({ End, Type }: State) => End === true || Type === 'Succeed' || Type === 'Fail';
    if (!Object.values(all).some(ends)) this.#say(where, 'there is no terminal state');
  }

  #say(where: string, what: string): void {
    this.found.push(`${where}: ${what}`);
  }

  #reached(where: string, { StartAt, States: all }: States): Set<string> {
    const reached = new Set<string>();
    const reach = (from: string, field: string, name: unknown) => {
      if (typeof name !== 'string' || !Object.hasOwn(all, name))
        return this.#say(from, `${field} names no state: ${String(name)}`);
      if (reached.has(name)) return;
      reached.add(name);
      for (const [key, next] of nexts(all[name]!)) reach(name, key, next);
    };
    reach(where, 'StartAt', StartAt);
    return reached;
  }

  #state(name: string, state: State, variables: string[]): void {
    const fields = Object.hasOwn(FIELDS, state.Type) ? FIELDS[state.Type] : undefined;
    if (!fields) return this.#say(name, `Type ${String(state.Type)} is not supported`);
    this.fields(name, state, [...COMMON, ...fields]);
    this.#expressions(name, state, variables);
    if (fields.includes('Next') && (state.Next === undefined) === (state.End !== true))
      this.#say(name, 'needs either Next or End: true');
    for (const pair of EXCLUDING)
      if (pair.every((field) => valueOf(state, field) !== undefined))
        this.#say(name, `${pair.join(' and ')} exclude each other`);
    if (state.Type === 'Map' && state.ItemSelector !== undefined && state.Parameters !== undefined)
      this.#say(name, 'ItemSelector and Parameters exclude each other');
    this.found.push(...attemptRefusals(name, state, variables));
    if (state.Type === 'Task') this.#task(name, state);
    if (state.Type === 'Choice') this.#choice(name, state, variables);
    if (state.Type === 'Wait') this.#wait(name, state);
    if (state.Type === 'Map') this.#map(name, state, variables);
    if (state.Type === 'Parallel') this.#parallel(name, state, variables);
  }

  #expressions(name: string, state: State, variables: string[]): void {
    for (const field of PATHS) {
      const path = valueOf(state, field);
      if (path === undefined || (path === null && ['InputPath', 'OutputPath', 'ResultPath'].includes(field))) continue;
      const why = expressionRefusal(path, variables, {
        intrinsic: /^(Error|Cause)Path$/.test(field),
        reference: field === 'ResultPath',
      });
      if (why) this.#say(name, `${field} ${why}`);
    }
    for (const field of TEMPLATES)
      for (const why of templateRefusals(valueOf(state, field), variables)) this.#say(name, `${field}.${why}`);
  }

  #task(name: string, state: State): void {
    if (!RESOURCE.test(state.Resource ?? '')) this.#say(name, `Resource ${state.Resource} is not supported`);
    const parameters = Object.keys((state.Parameters ?? {}) as object);
    for (const key of parameters)
      if (!/^(FunctionName|Payload)(\.\$)?$/.test(key)) this.#say(name, `Parameters.${key} is not supported`);
    if (!parameters.some((key) => /^FunctionName(\.\$)?$/.test(key)))
      this.#say(name, 'Parameters.FunctionName is missing');
    for (const field of ['TimeoutSeconds', 'HeartbeatSeconds'] as const) {
      const seconds = state[field];
      if (seconds !== undefined && !(Number.isInteger(seconds) && seconds > 0))
        this.#say(name, `${field} must be a positive integer`);
    }
    const { TimeoutSeconds = Infinity, HeartbeatSeconds = 0 } = state;
    if (HeartbeatSeconds >= TimeoutSeconds) this.#say(name, 'HeartbeatSeconds must be smaller than TimeoutSeconds');
  }

  #wait(name: string, state: State): void {
    const moments = ['Seconds', 'SecondsPath', 'Timestamp', 'TimestampPath'];
    const given = moments.filter((field) => valueOf(state, field) !== undefined);
    if (given.length !== 1) this.#say(name, `needs exactly one of ${moments.join(', ')}`);
    if (state.Seconds !== undefined && !(Number.isInteger(state.Seconds) && state.Seconds >= 0))
      this.#say(name, 'Seconds must be an integer from 0');
    if (state.Timestamp !== undefined && Number.isNaN(Date.parse(state.Timestamp)))
      this.#say(name, 'Timestamp is not a timestamp');
  }

  #map(name: string, state: State, variables: string[]): void {
    const { ItemProcessor, Iterator, MaxConcurrency = 0 } = state;
    if (!Number.isInteger(MaxConcurrency) || MaxConcurrency < 0)
      this.#say(name, 'MaxConcurrency must be an integer from 0');
    if (!ItemProcessor === !Iterator) return this.#say(name, 'needs either ItemProcessor or Iterator');
    const states = (ItemProcessor ?? Iterator)!;
    const { ProcessorConfig = {} } = states as States & { ProcessorConfig?: { Mode?: string } };
    this.fields(`${name}.ItemProcessor`, states, ['StartAt', 'States', 'Comment', 'ProcessorConfig']);
    this.fields(`${name}.ItemProcessor.ProcessorConfig`, ProcessorConfig, ['Mode']);
    if ((ProcessorConfig.Mode ?? 'INLINE') !== 'INLINE')
      this.#say(name, `ProcessorConfig.Mode ${ProcessorConfig.Mode} is not supported`);
    this.states(`${name}.ItemProcessor`, states, variables);
  }

  #parallel(name: string, state: State, variables: string[]): void {
    if (!Array.isArray(state.Branches) || state.Branches.length === 0) return this.#say(name, 'Branches is missing');
    for (const [i, states] of state.Branches.entries()) {
      this.fields(`${name}.Branches[${i}]`, states, ['StartAt', 'States', 'Comment']);
      this.states(`${name}.Branches[${i}]`, states, variables);
    }
  }

  #choice(name: string, state: State, variables: string[]): void {
    if (!Array.isArray(state.Choices) || state.Choices.length === 0) return this.#say(name, 'Choices is missing');
    state.Choices.forEach((each, i) => this.#rule(name, `Choices[${i}]`, each, variables, true));
  }

  #rule(name: string, where: string, each: ChoiceRule, variables: string[], top: boolean): void {
    const at = `${name}.${where}`;
    const inner = each.And ?? each.Or ?? (each.Not ? [each.Not] : undefined);
    if (inner) this.fields(at, each, [each.And ? 'And' : each.Or ? 'Or' : 'Not', 'Next', 'Assign', 'Comment']);
    if (!top && (each.Next !== undefined || each.Assign !== undefined))
      this.#say(at, 'Next and Assign belong to the top rule');
    for (const why of templateRefusals(each.Assign, variables)) this.#say(at, `Assign.${why}`);
    if (inner) return inner.forEach((one, i) => this.#rule(name, `${where}[${i}]`, one, variables, false));
    const comparison = comparisonOf(each);
    if (!comparison) return this.#say(at, `no supported comparison in {${Object.keys(each).join(', ')}}`);
    for (const path of comparison.endsWith('Path') ? [each.Variable, each[comparison]] : [each.Variable]) {
      const why = expressionRefusal(path as Json, variables, { intrinsic: false, reference: false });
      if (why) this.#say(at, why);
    }
  }
}

const valueOf = (state: State, field: string) => (state as unknown as Record<string, Json | undefined>)[field];

function nexts({ Next, Default, Catch = [], Choices = [] }: State): [string, unknown][] {
  return [
    ...(Next === undefined ? [] : [['Next', Next] as [string, unknown]]),
    ...(Default === undefined ? [] : [['Default', Default] as [string, unknown]]),
    ...Catch.map(({ Next: to }, i): [string, unknown] => [`Catch[${i}].Next`, to]),
    ...Choices.map(({ Next: to }, i): [string, unknown] => [`Choices[${i}].Next`, to]),
  ];
}

import type { ChoiceRule, Definition, Json, State, States } from '../definition.ts';
import { features, type FeatureKind } from './features.ts';
import { attemptRefusals } from './supported-attempts.ts';
import { pathRefusal, placeRefusal, templateRefusals } from './supported-expressions.ts';

const PATHS = ['InputPath', 'OutputPath', 'ItemsPath', 'SecondsPath', 'HeartbeatSecondsPath', 'ErrorPath', 'CausePath'];
const TEMPLATES = ['Parameters', 'ResultSelector', 'ItemSelector'];
const RESOURCE = /^arn:aws(?:-[a-z-]+)?:states:::(.+)$/;

/** Everything in a definition that the simulator does not implement or AWS would refuse, each with state and field. */
export function refusals(definition: Definition): string[] {
  const review = new Review();
  review.fields('the state machine', definition, 'machine');
  review.states('the state machine', definition);
  return review.found;
}

/** One look at a definition. Every method adds what it refuses to `found`. */
class Review {
  readonly found: string[] = [];
  /** Names of states, which must be unique in the whole machine. */
  readonly #names = new Set<string>();

  fields(where: string, object: object, kind: FeatureKind): void {
    const known: string[] = features[kind];
    for (const field of Object.keys(object)) if (!known.includes(field)) this.#say(where, `${field} is not supported`);
  }

  /** Reviews the states of a machine, an iteration or a branch. */
  states(where: string, states: States): void {
    const { States: all } = states;
    if (typeof all !== 'object' || all === null) return this.#say(where, 'States is missing');
    const reached = this.#reached(where, states);
    for (const [name, state] of Object.entries(all)) {
      if (this.#names.has(name)) this.#say(name, 'this name is used twice in the state machine');
      this.#names.add(name);
      if (!reached.has(name)) this.#say(name, 'the state is not reachable');
      this.#state(name, state);
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

  #state(name: string, state: State): void {
    if (!TYPES.includes(state.Type)) return this.#say(name, `Type ${String(state.Type)} is not supported`);
    this.fields(name, state, state.Type);
    this.#expressions(name, state);
    if (!['Choice', 'Succeed', 'Fail'].includes(state.Type) && (state.Next === undefined) === (state.End !== true))
      this.#say(name, 'needs either Next or End: true');
    if (state.HeartbeatSeconds !== undefined && state.HeartbeatSecondsPath !== undefined)
      this.#say(name, 'HeartbeatSeconds and HeartbeatSecondsPath exclude each other');
    this.found.push(...attemptRefusals(name, state));
    if (state.Type === 'Task') this.#task(name, state);
    if (state.Type === 'Choice') this.#choice(name, state);
    if (state.Type === 'Wait' && state.SecondsPath === undefined) this.#say(name, 'SecondsPath is missing');
    if (state.Type === 'Map') this.#map(name, state);
    if (state.Type === 'Parallel') this.#parallel(name, state);
  }

  #expressions(name: string, state: State): void {
    for (const field of PATHS) {
      const path = valueOf(state, field);
      const why = path === undefined ? undefined : pathRefusal(path);
      if (why) this.#say(name, `${field} ${why}`);
    }
    const misplaced = state.ResultPath === undefined ? undefined : placeRefusal(state.ResultPath);
    if (misplaced) this.#say(name, `ResultPath ${misplaced}`);
    for (const field of TEMPLATES)
      for (const why of templateRefusals(valueOf(state, field))) this.#say(name, `${field}.${why}`);
  }

  #task(name: string, state: State): void {
    const [, resource = ''] = RESOURCE.exec(state.Resource ?? '') ?? [];
    if (!features.resource.includes(resource)) this.#say(name, `Resource ${state.Resource} is not supported`);
    const parameters = Object.keys((state.Parameters ?? {}) as object);
    for (const key of parameters)
      if (!features.parameters.includes(key.replace(/\.\$$/, '')))
        this.#say(name, `Parameters.${key} is not supported`);
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

  #map(name: string, { ItemProcessor: states, MaxConcurrency = 0 }: State): void {
    if (!Number.isInteger(MaxConcurrency) || MaxConcurrency < 0)
      this.#say(name, 'MaxConcurrency must be an integer from 0');
    if (!states) return this.#say(name, 'ItemProcessor is missing');
    this.fields(`${name}.ItemProcessor`, states, 'processor');
    const { ProcessorConfig = {} } = states as States & { ProcessorConfig?: Record<string, string> };
    for (const [key, value] of Object.entries(ProcessorConfig))
      if (key !== 'Mode' || !features.mode.includes(value))
        this.#say(`${name}.ItemProcessor`, `ProcessorConfig.${key} ${value} is not supported`);
    this.states(`${name}.ItemProcessor`, states);
  }

  #parallel(name: string, state: State): void {
    if (!Array.isArray(state.Branches) || state.Branches.length === 0) return this.#say(name, 'Branches is missing');
    for (const [i, states] of state.Branches.entries()) {
      this.fields(`${name}.Branches[${i}]`, states, 'branch');
      this.states(`${name}.Branches[${i}]`, states);
    }
  }

  #choice(name: string, state: State): void {
    if (!Array.isArray(state.Choices) || state.Choices.length === 0) return this.#say(name, 'Choices is missing');
    for (const [i, rule] of state.Choices.entries()) this.#rule(`${name}.Choices[${i}]`, rule);
  }

  #rule(at: string, rule: ChoiceRule): void {
    this.fields(at, rule, 'rule');
    if ((rule.IsPresent === undefined) === (rule.BooleanEquals === undefined))
      this.#say(at, 'needs either IsPresent or BooleanEquals');
    const why = pathRefusal(rule.Variable);
    if (why) this.#say(at, `Variable ${why}`);
  }
}

const TYPES: string[] = ['Task', 'Map', 'Parallel', 'Pass', 'Wait', 'Choice', 'Succeed', 'Fail'];
const valueOf = (state: State, field: string) => (state as unknown as Record<string, Json | undefined>)[field];

function nexts({ Next, Default, Catch = [], Choices = [] }: State): [string, unknown][] {
  return [
    ...(Next === undefined ? [] : [['Next', Next] as [string, unknown]]),
    ...(Default === undefined ? [] : [['Default', Default] as [string, unknown]]),
    ...Catch.map(({ Next: to }, i): [string, unknown] => [`Catch[${i}].Next`, to]),
    ...Choices.map(({ Next: to }, i): [string, unknown] => [`Choices[${i}].Next`, to]),
  ];
}

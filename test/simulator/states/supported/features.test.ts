import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import type { Definition, Json, State, States } from '../../../../simulator/states/definition.ts';
import { features, type FeatureKind } from '../../../../simulator/states/supported/features.ts';

/** The features that definitions use, in the form of the interpreter's list. */
class Used {
  readonly #found = new Map<FeatureKind, Set<string>>();

  get found(): Record<string, string[]> {
    return Object.fromEntries([...this.#found].map(([kind, names]) => [kind, [...names].toSorted()]));
  }

  machine(definition: Definition): void {
    this.#keys('machine', definition);
    this.#states(definition);
  }

  #states({ States: all }: States): void {
    for (const state of Object.values(all)) this.#state(state);
  }

  #state(state: State): void {
    this.#keys(state.Type, state);
    for (const [field, value] of Object.entries(state) as [string, Json][])
      if (field.endsWith('Path')) this.#expression(value);
    for (const template of [state.Parameters, state.ResultSelector, state.ItemSelector]) this.#template(template);
    if (state.Type === 'Task') {
      this.#add('resource', (state.Resource ?? '').replace(/^.*:::/, ''));
      for (const key of Object.keys((state.Parameters ?? {}) as object))
        this.#add('parameters', key.replace(/\.\$$/, ''));
    }
    for (const retrier of state.Retry ?? []) {
      this.#keys('retrier', retrier);
      if (retrier.JitterStrategy) this.#add('jitter', retrier.JitterStrategy);
      this.#errors(retrier);
    }
    for (const catcher of state.Catch ?? []) {
      this.#keys('catcher', catcher);
      this.#expression(catcher.ResultPath ?? '$');
      this.#errors(catcher);
    }
    for (const rule of state.Choices ?? []) {
      this.#keys('rule', rule);
      this.#expression(rule.Variable);
    }
    for (const branch of state.Branches ?? []) {
      this.#keys('branch', branch);
      this.#states(branch);
    }
    if (state.ItemProcessor) {
      this.#keys('processor', state.ItemProcessor);
      const { ProcessorConfig } = state.ItemProcessor as States & { ProcessorConfig: { Mode: string } };
      this.#add('mode', ProcessorConfig.Mode);
      this.#states(state.ItemProcessor);
    }
  }

  #errors({ ErrorEquals }: { ErrorEquals: string[] }): void {
    for (const error of ErrorEquals) if (error.startsWith('States.')) this.#add('error', error);
  }

  #template(template: Json | undefined): void {
    if (typeof template !== 'object' || template === null) return;
    for (const [key, value] of Object.entries(template))
      if (key.endsWith('.$')) this.#expression(value as Json);
      else this.#template(value as Json);
  }

  #expression(value: Json): void {
    const text = typeof value === 'string' ? value : '';
    const [, name, inner] = /^(States\.\w+)\((.*)\)$/.exec(text) ?? [];
    if (name) this.#add('intrinsic', name);
    const path = inner ?? text;
    this.#add('path', path.startsWith('$$') ? '$$' : '$');
    if (path.includes('.')) this.#add('path', '.name');
    if (path.includes('[')) this.#add('path', '[0]');
  }

  #keys(kind: FeatureKind, object: object): void {
    for (const key of Object.keys(object)) this.#add(kind, key);
  }

  #add(kind: FeatureKind, name: string): void {
    this.#found.set(kind, (this.#found.get(kind) ?? new Set<string>()).add(name));
  }
}

test('the interpreter supports what the machines use, and nothing else', () => {
  const used = new Used();
  for (const file of readdirSync('statemachines'))
    used.machine(JSON.parse(readFileSync(`statemachines/${file}`, 'utf8')) as Definition);
  expect(used.found).toEqual(
    Object.fromEntries(Object.entries(features).map(([kind, names]) => [kind, [...names].toSorted()])),
  );
});

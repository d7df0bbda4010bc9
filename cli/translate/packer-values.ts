import { asWritten, mapOf, plainText } from './draft.ts';
import { Unresolved, type Value } from './hcl.ts';

// Environments and commands of provisioners. What only Packer knows does not get into the text of a recipe.

export type GivenAttributes = Record<string, Value>;
/** Takes what the steps of a provisioner do not say, and why. */
export type LeftOut = (what: string, why: string | Unresolved) => void;

export const inOneLine = (text: string) => text.trim().replaceAll(/\s+/g, ' ');

/** Why a value is not in the recipe, and what to write. */
export function aboutUnknown(value: Unresolved, isSecret: boolean): string {
  const [, name = 'NAME'] = /^(\w+)=/.exec(value.text) ?? [];
  const text = inOneLine(value.text);
  return isSecret
    ? `${text} is secret and left out: put the value into Parameter Store or Secrets Manager, and write its name as secrets: { ${name}: … } of the step, where the script has it as ${name} (docs/steps.md)`
    : `${text} has a value that only Packer knows, and is left out; write it, or a parameter: \${{ parameters.name }}`;
}

/** The environment of a step, without what only Packer knows. */
export function envOf(given: GivenAttributes, left: LeftOut): { env?: Record<string, string> } {
  const listed = [given['environment_vars'] ?? []].flat().map((pair): [string, Value] => {
    const text = asWritten(pair);
    const [, name = '', value = text] = /^(\w+)=([^]*)$/.exec(text) ?? [];
    return [name, pair instanceof Unresolved ? new Unresolved(value) : value];
  });
  if (given['env'] instanceof Unresolved) left('env', given['env']);
  const entries = [...listed, ...Object.entries(mapOf(given['env'] ?? {}))].flatMap(([name, value]) => {
    if (!(value instanceof Unresolved) && name !== '') return [[name, plainText(value)]];
    const text = value instanceof Unresolved ? value.text : asWritten(value);
    left('environment', new Unresolved(name === '' ? text : `${name}=${text}`));
    return [];
  });
  return entries.length > 0 ? { env: Object.fromEntries(entries) } : {};
}

/** Commands. Those with what only Packer knows become comments. */
export function inlineOf(given: GivenAttributes, left: LeftOut): string[] {
  return [given['inline'] ?? []].flat().map((line) => {
    if (!(line instanceof Unresolved)) return asWritten(line);
    left('inline', line);
    const spans = line.unknown.some((part) => part.includes('\n')); // several lines, so that no line alone contains it
    return line.text.replaceAll(/^.*\S.*$/gm, (one) =>
      spans || line.unknown.some((part) => one.includes(part)) ? `# not translated: ${one}` : one,
    );
  });
}

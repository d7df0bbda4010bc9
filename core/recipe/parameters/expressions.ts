import { didYouMean } from '../../nearest.ts';
import type { Problem } from '../problems.ts';
import type { Path } from '../rules/rule.ts';
import type { BuildFacts } from './build-facts.ts';
import { hasExpression, piecesOf, type Piece } from './pieces.ts';
import { fixedBecause, isText, takesFacts } from './places.ts';
import type { ParameterValue } from './values.ts';

/** What expressions stand for, and what has been found of them so far. */
export interface Expressions {
  /** Values of parameters. A parameter with a wrong definition or value is only in `defined`. */
  values: Record<string, ParameterValue>;
  defined: string[];
  facts: BuildFacts & { recipe?: string };
  problems: Problem[];
  /** The texts that had expressions. */
  texts: { path: Path; text: string }[];
  /** Paths whose expressions have no value because something is wrong. */
  open: Path[];
  used: Set<string>;
  /** Whether the document depends on facts that are known only when a build starts. */
  needsFacts: boolean;
}

/** A text with the values of its expressions. A text that is one expression becomes the value itself, unless its key takes texts only. */
export function textWith(found: Expressions, text: string, path: Path): ParameterValue {
  if (!hasExpression(text)) return text;
  const says = (message: string) => void found.problems.push({ path, message });
  const pieces = piecesOf(text);
  if (!pieces) says('has ${{ without }} behind it; for the text itself write $${{');
  const fixed = pieces?.some(({ name }) => name !== undefined) ? fixedBecause(path) : undefined;
  if (fixed !== undefined) says(`takes no \${{ }}: ${fixed}`);
  const value = pieces && fixed === undefined ? joined(found, pieces, path, says) : undefined;
  if (value === undefined) found.open.push(path);
  else found.texts.push({ path, text });
  return value ?? text;
}

type Says = (message: string) => void;

/** Undefined, with a problem, if a piece has no value. */
function joined(found: Expressions, pieces: Piece[], path: Path, says: Says): ParameterValue | undefined {
  const values = pieces.map(({ text, name = '' }) => text ?? valueOf(found, name, path, says));
  const sound = values.filter((value) => value !== undefined);
  if (sound.length < values.length) return undefined;
  const [only] = sound;
  if (sound.length === 1 && !isText(path)) return only;
  if (!sound.some((value) => Array.isArray(value))) return sound.map(String).join('');
  says('has a list within a text; a list is the whole value of a key');
  return undefined;
}

function valueOf(found: Expressions, name: string, path: Path, says: Says): ParameterValue | undefined {
  const { values, defined, facts, used } = found;
  const parameter = /^parameters\.(.*)$/s.exec(name)?.[1];
  if (parameter !== undefined) {
    used.add(parameter);
    if (!defined.includes(parameter)) says(`there is no parameter ${quoted(parameter)}${others(parameter, defined)}`);
    return Object.hasOwn(values, parameter) ? values[parameter] : undefined;
  }
  if (name === 'recipe') return facts.recipe;
  const names = Object.keys(facts).filter((one) => one !== 'recipe');
  if (!names.includes(name)) {
    says(
      `there is nothing called ${quoted(name)}; known are parameters.<name>, recipe, ${names.join(', ')}; for the text itself write $\${{`,
    );
    return undefined;
  }
  if (takesFacts(path)) {
    found.needsFacts = true;
    return facts[name as keyof BuildFacts];
  }
  says(`${name} is known only when a build starts: it goes with description, env, provision, checks and tags only`);
  return undefined;
}

const quoted = (text: string) => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}...` : text);

const others = (name: string, names: string[]): string =>
  didYouMean(name, names) || (names.length > 0 ? `; there are ${names.join(', ')}` : '; the recipe defines none');

import type { Argument, Command, Option } from 'commander';
import { knownRegions } from '../../core/recipe/regions.ts';

/** What a shell offers for an argument or for the value of an option: files, or one of some words. */
export type Offer = 'recipe' | 'file' | 'folder' | readonly string[];

export interface DescribedOption {
  /** Such as `--json`. */
  flag: string;
  says: string;
  /** What its value is called; undefined if it takes none. */
  value: string | undefined;
  offer: Offer;
  repeatable: boolean;
}

export interface DescribedVerb {
  name: string;
  says: string;
  options: DescribedOption[];
  /** What its arguments are called; undefined if it takes none. */
  argument: string | undefined;
  offer: Offer;
}

/** By the name that help gives to an argument or a value. */
const offers: Record<string, Offer> = {
  recipe: 'recipe',
  recipes: 'recipe',
  file: 'file',
  files: 'file',
  folder: 'folder',
  speed: ['real', 'max'],
  region: knownRegions,
  regions: knownRegions,
};
const nothing: Offer = [];
const longest = 90;
const short = (text: string) => (text.length > longest ? `${text.slice(0, longest - 1)}…` : text);

const offerOf = (name: string, { argChoices }: Pick<Option | Argument, 'argChoices'>): Offer =>
  argChoices ?? offers[name] ?? nothing;

function describedOption(option: Option): DescribedOption[] {
  if (option.long === undefined) return [];
  const [, value] = /[<[]([\w=-]+)/.exec(option.flags) ?? [];
  const says = short(option.description);
  const repeatable = option.description.includes('(repeatable)');
  return [
    { flag: option.long, says, value, offer: value === undefined ? nothing : offerOf(value, option), repeatable },
  ];
}

function describedVerb(verb: Command): DescribedVerb {
  const [argument] = verb.registeredArguments;
  const options = verb.createHelp().visibleOptions(verb).flatMap(describedOption);
  const offer = argument ? offerOf(argument.name(), argument) : nothing;
  return { name: verb.name(), says: short(verb.summary()), options, argument: argument?.name(), offer };
}

/** The verbs of the command line as help describes them. */
export const describedVerbs = (program: Command): DescribedVerb[] =>
  program.commands.map((verb) => describedVerb(verb)).toSorted((a, b) => (a.name < b.name ? -1 : 1));

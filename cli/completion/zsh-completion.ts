import { searchedFolders } from '../recipes/recipe-folder.ts';
import type { DescribedOption, DescribedVerb, Offer } from './described-verbs.ts';

const quoted = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`;
/** A description in a specification, where colons and brackets have a meaning. */
const plain = (text: string) => text.replaceAll(/[\\:[\]]/g, String.raw`\$&`);

function action(offer: Offer): string {
  if (offer === 'recipe') return '_golden_recipes';
  if (offer === 'file') return '_files';
  if (offer === 'folder') return '_files -/';
  return `(${offer.join(' ')})`;
}

function optionSpec({ flag, says, value, offer, repeatable }: DescribedOption): string {
  const taken = value === undefined ? '' : `:${plain(value)}:${action(offer)}`;
  return quoted(`${repeatable ? '*' : ''}${flag}${value === undefined ? '' : '='}[${plain(says)}]${taken}`);
}

function verbLine({ name, options, argument, offer }: DescribedVerb): string {
  const rest = argument === undefined ? [] : [quoted(`*:${plain(argument)}:${action(offer)}`)];
  return `    ${name})\n      _arguments \\\n        ${[...options.map(optionSpec), ...rest].join(' \\\n        ')}\n      ;;`;
}

/** A script that completes command lines of `golden` in zsh. */
export const zshCompletion = (verbs: DescribedVerb[]): string => `#compdef golden
# Completion of golden in zsh. Load it after compinit with: source <(golden completion zsh)

_golden_recipes() {
  local -a names
  names=(${searchedFolders.map((folder) => `${folder}/[a-z0-9]*.yaml(N:t:r)`).join(' ')})
  _alternative 'recipes:recipe:compadd -a names' 'files:recipe file:_files -g "*.yaml"'
}

_golden() {
  local -a verbs
  if ((CURRENT == 2)); then
    verbs=(
${verbs.map(({ name, says }) => `      ${quoted(`${name}:${plain(says)}`)}`).join('\n')}
    )
    _describe verb verbs
    return
  fi
  local verb=$words[2]
  shift words
  ((CURRENT--))
  case $verb in
${verbs.map(verbLine).join('\n')}
  esac
}

if [[ $funcstack[1] == _golden ]]; then
  _golden "$@"
else
  compdef _golden golden
fi
`;

import { recipeNameForm } from '../../core/recipe-name.ts';
import { knownRegions } from '../../core/recipe/regions.ts';
import { searchedFolders } from '../recipes/recipe-folder.ts';
import type { DescribedVerb, Offer } from './described-verbs.ts';

// Written here rather than taken from a package: @bomb.sh/tab evaluates the words on the command line, omelette and tabtab start
// Node at every press of the key, and none of them knows recipes.

/** An offer as one word without spaces. */
const word = (offer: Offer): string =>
  typeof offer === 'string'
    ? offer
    : offer === knownRegions
      ? 'region'
      : offer.length > 0
        ? offer.join(',')
        : 'nothing';

function verbLine({ name, options, argument, offer }: DescribedVerb): string {
  const flags = options.map(({ flag }) => flag).join(' ');
  const taking = options.filter(({ value }) => value !== undefined).map((one) => `${one.flag}=${word(one.offer)}`);
  return `    ${name}) _golden_offer '${flags}' '${argument === undefined ? 'options' : word(offer)}' '${taking.join(' ')}' ;;`;
}

/** A script that completes command lines of `golden` in bash 3.2 and later. */
export const bashCompletion = (
  verbs: DescribedVerb[],
): string => `# Completion of golden in bash. Load it with: source <(golden completion bash)

_golden_recipes() {
  local file name
  for file in ${searchedFolders.map((folder) => `${folder}/*.yaml`).join(' ')}; do
    name=\${file##*/} name=\${name%.yaml}
    # compgen -W would evaluate other names
    [[ $name =~ ^${recipeNameForm}$ ]] && printf '%s ' "$name"
  done
}

# The options of a verb, what its arguments are, and what its options take. Without an answer, bash offers files.
_golden_offer() {
  local kind=$2 pair words=
  for pair in $3; do
    [[ \${pair%%=*} == "$previous" ]] && kind=\${pair#*=}
  done
  [[ $current == -* ]] && kind=options
  case $kind in
    options) words=$1 ;;
    recipe) words=$(_golden_recipes) ;;
    region) words='${knownRegions.join(' ')}' ;;
    file | folder) return ;;
    nothing) ;;
    *) words=\${kind//,/ } ;;
  esac
  [[ $kind == recipe ]] || compopt +o default 2>/dev/null
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}

_golden() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]} verb= at
  COMPREPLY=()
  # bash takes --option=value apart
  if [[ $current == = ]]; then
    current=
  elif [[ $previous == = ]]; then
    previous=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for ((at = 1; at < COMP_CWORD; at++)); do
    if [[ \${COMP_WORDS[at]} != -* ]]; then
      verb=\${COMP_WORDS[at]}
      break
    fi
  done
  case $verb in
    '') _golden_offer '--help --version' '${verbs.map(({ name }) => name).join(',')}' '' ;;
${verbs.map(verbLine).join('\n')}
  esac
}

complete -o bashdefault -o default -F _golden golden
`;

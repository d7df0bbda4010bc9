import { searchedFolders } from '../recipes/recipe-folder.ts';
import type { DescribedOption, DescribedVerb, Offer } from './described-verbs.ts';

const quoted = (text: string) => `'${text.replaceAll(/['\\]/g, String.raw`\$&`)}'`;

/** The options of fish's complete that offer something. */
function given(offer: Offer): string {
  if (offer === 'recipe') return ` -a '(__golden_recipes)'`;
  if (offer === 'file') return ' -F';
  if (offer === 'folder') return ` -a '(__fish_complete_directories)'`;
  return offer.length > 0 ? ` -a ${quoted(offer.join(' '))}` : '';
}

const optionLine = (when: string, { flag, says, value, offer }: DescribedOption): string =>
  `complete -c golden -n ${when} -l ${flag.replace(/^--/, '')}${value === undefined ? '' : ` -r${given(offer)}`} -d ${quoted(says)}`;

function verbLines({ name, says, options, argument, offer }: DescribedVerb): string {
  const when = quoted(`__fish_seen_subcommand_from ${name}`);
  return [
    `complete -c golden -n __fish_use_subcommand -a ${name} -d ${quoted(says)}`,
    ...options.map((option) => optionLine(when, option)),
    ...(argument === undefined || offer.length === 0 ? [] : [`complete -c golden -n ${when}${given(offer)}`]),
  ].join('\n');
}

/** A script that completes command lines of `golden` in fish. */
export const fishCompletion = (
  verbs: DescribedVerb[],
): string => `# Completion of golden in fish. Load it with: golden completion fish | source

function __golden_recipes
    for file in ${searchedFolders.map((folder) => `${folder}/*.yaml`).join(' ')}
        string replace -f -r '.*/([^_].*)\\.yaml$' '$1' $file
    end
    __fish_complete_suffix .yaml
end

complete -c golden -f
complete -c golden -n __fish_use_subcommand -l help -d 'display help'
complete -c golden -n __fish_use_subcommand -l version -d 'display the version'
${verbs.map(verbLines).join('\n')}
`;

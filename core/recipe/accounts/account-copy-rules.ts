import { managedAlias, regionOfKey } from '../../launch/keys.ts';
import { repeats, sound, type Path, type Rule, type SoundParts } from '../rules/rule.ts';

/** Copies in other accounts that a build makes: each needs a role's session and waits on its own. */
const mostCopies = 100;

type Copy = NonNullable<NonNullable<SoundParts['distribute'][number]>['copyTo']>[number];

const copiesOf = ({ distribute }: SoundParts): { path: Path; region: string; copy: Copy }[] =>
  sound(distribute).flatMap(([index, { region, copyTo = [] }]) =>
    copyTo.map((copy, at) => ({ path: ['distribute', index, 'copyTo', at], region, copy })),
  );

/** The rules on copies in other accounts. */
export const accountCopyRules: Rule[] = [
  {
    says: 'A target is copied into an account only once.',
    look({ distribute }, report) {
      for (const [index, { copyTo = [] }] of sound(distribute))
        for (const [at, first, { account }] of repeats([...copyTo.entries()], (copy) => copy.account))
          report(
            ['distribute', index, 'copyTo', at, 'account'],
            `${account} already gets a copy by distribute[${index}].copyTo[${first}]`,
          );
    },
  },
  {
    says: 'copyTo.publish needs publish.channel, which names the parameter.',
    look(parts, report, { stated }) {
      if (parts.publish || stated(['publish'])) return;
      for (const { path, copy } of copiesOf(parts))
        if (copy.publish)
          report([...path, 'publish'], 'is true, but the recipe has no publish.channel to name the parameter');
    },
  },
  {
    says: "copyTo.kmsKey is a key in the target's region. A copy that others may launch is not under alias/aws/ebs, which nobody else can use.",
    look(parts, report, { home }) {
      for (const { path, region, copy } of copiesOf(parts)) {
        const [at, keyRegion] = [region === 'home' ? home : region, regionOfKey(copy.kmsKey)];
        if (at !== undefined && keyRegion !== undefined && keyRegion !== at)
          report([...path, 'kmsKey'], `is a key in ${keyRegion}, but the target is ${at}`);
        if (copy.accounts.length > 0 && copy.kmsKey?.endsWith(managedAlias))
          report(
            [...path, 'kmsKey'],
            `${copy.kmsKey} is the AWS-managed key, and what it encrypts cannot be shared with copyTo.accounts; name a customer-managed key`,
          );
      }
    },
  },
  {
    says: `A recipe makes at most ${mostCopies} copies in other accounts.`,
    look(parts, report) {
      const copies = copiesOf(parts);
      const [over] = copies.slice(mostCopies);
      if (over)
        report(
          over.path.slice(0, 3),
          `makes copy ${mostCopies + 1} of ${copies.length} in other accounts, and a build makes at most ${mostCopies}; share the image with an organization instead, or use several recipes`,
        );
    },
  },
];

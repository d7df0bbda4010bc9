import type { Recipe } from '../recipe/types.ts';
import type { Problem } from '../recipe/recipe.ts';
import { accountProblems } from '../accounts/account-problems.ts';
import { channelNotes, channelProblems, templateNotes, templateProblems } from './channel.ts';
import { encryptionProblems, keyNotes } from './encryption.ts';
import type { Facts, Seen } from './facts.ts';
import { hostNotes, hostProblems } from '../launch/dedicated-host.ts';
import { keyPairProblems } from '../recipe/builder/key-pair.ts';
import { instanceTypeProblems } from './instance-types.ts';
import { keyUserNotes, keyUserProblems } from './key-users.ts';
import { networkNotes, networkProblems } from './network.ts';
import { publicAccessProblems } from './public-access.ts';
import { isOff, regionNotes, regionProblems } from './regions.ts';
import { secretNotes, unreadableSecrets } from '../deployment/unreadable-secrets.ts';
import { sourceNotes } from './source-notes.ts';
import { sourceProblems } from './source.ts';
import { tenancyProblems } from '../recipe/builder/tenancy-rules.ts';
import { watermarkProblems } from './watermarks.ts';

/**
 * What the preflight finds before a build makes anything. A problem refuses the build. A note is shown to the user, and the build
 * goes on.
 */
interface Findings {
  problems: Problem[];
  notes: Problem[];
}

/** A look that AWS refused becomes a note: a role with fewer permissions must not stop builds that would succeed. */
const unseen = (what: string, path: Problem['path'], { refused }: Seen<unknown>): Problem[] =>
  refused === undefined
    ? []
    : [
        {
          path,
          message: `could not look at ${what} before the build, so a mistake there may show only during the build: ${refused}`,
        },
      ];

/** What the copies of an image depend on: the targets, their keys and the channel. */
export type TargetFacts = Omit<Facts, 'now' | 'instanceTypes' | 'network' | 'deploymentGroups'>;

/** Checks the targets of a recipe against the facts. */
export function targetFindings(recipe: Recipe, facts: TargetFacts): Findings {
  return {
    problems: [
      ...regionProblems(recipe, facts),
      ...encryptionProblems(recipe, facts),
      ...keyUserProblems(recipe, facts),
      ...publicAccessProblems(recipe, facts),
      ...channelProblems(facts),
      ...templateProblems(recipe, facts),
      ...accountProblems(recipe, facts),
    ],
    notes: [
      ...regionNotes(recipe, facts),
      ...channelNotes(facts),
      ...templateNotes(recipe, facts),
      ...unseen('the regions of the account', ['distribute'], facts.regions),
      ...Object.entries(facts.encryption).flatMap(([at, seen]) =>
        isOff(facts, at) ? [] : unseen(`EBS encryption in ${at}`, ['distribute'], seen),
      ),
      ...keyNotes(recipe, facts),
      ...keyUserNotes(recipe, facts),
    ],
  };
}

/** Checks everything in a recipe against the facts, and reports all findings at once. */
export function findingsOf(recipe: Recipe, facts: Facts): Findings {
  const { source, region, scripts } = facts;
  const ofTargets = targetFindings(recipe, facts);
  return {
    problems: [
      ...(source ? sourceProblems(recipe, source, region, scripts) : []),
      ...watermarkProblems(recipe, facts),
      ...instanceTypeProblems(recipe, facts),
      ...networkProblems(recipe, facts),
      ...tenancyProblems(recipe, region),
      ...hostProblems(recipe, facts),
      ...keyPairProblems(recipe, facts),
      ...unreadableSecrets(recipe, facts),
      ...ofTargets.problems,
    ],
    notes: [
      ...(source ? sourceNotes(recipe, source, facts.now) : []),
      ...networkNotes(recipe, facts),
      ...hostNotes(facts),
      ...(facts.keyPair ? unseen('the key pair', ['builder', 'candidateKeyPair'], facts.keyPair) : []),
      ...secretNotes(recipe, facts),
      ...unseen('the instance types', ['builder', 'instanceTypes'], facts.instanceTypes),
      ...unseen('the subnets', ['builder', 'subnets'], facts.network.subnets),
      ...unseen('the security groups', ['builder', 'securityGroups'], facts.network.groups),
      ...unseen('the route tables', ['builder', 'subnets'], facts.network.routeTables),
      ...unseen('the VPC endpoints', ['builder', 'subnets'], facts.network.endpoints),
      ...ofTargets.notes,
    ],
  };
}

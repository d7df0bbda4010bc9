// The Lambda functions of serverless.yml, and the functions that each state machine runs.
import { getArn, lambdaIdOf, ref, roleIdOf } from './cloudformation.ts';
import type { Declared } from './roles/declared.ts';
import type { ConfiguredDeployment } from './settings/deployment.ts';
import { topicArn } from './settings/notify.ts';

/** Seconds, where 60 do not fit. A look takes one or two calls; going through every region takes longer. */
const timeouts: Record<string, number> = {
  resolve: 110,
  launch: 110,
  launchCandidate: 110,
  verify: 110,
  publish: 120,
  cleanUp: 120,
  compensate: 300,
  resolveMove: 110,
  awaitUsage: 110,
  verifyMove: 110,
  moveChannel: 120,
  undoMove: 120,
  resolvePlan: 110,
  resolveShare: 170,
  applyShare: 110,
  verifyShare: 110,
  revokeImages: 110,
  restoreImages: 110,
  resolveArchive: 110,
  storeImage: 110,
  restoreArchive: 110,
  removeRestored: 110,
  resolveRetirement: 600,
  retireBuild: 290,
  verifyRetirement: 110,
  sweep: 600,
  startBuild: 120,
  watchSources: 300,
  measureRecipes: 300,
  checkDrift: 600,
  writePage: 120,
};

/** The functions that need the recipes. scripts/deployment-files.ts puts the recipes beside them. */
export const takeRecipes = [
  'resolve',
  'resolvePlan',
  'resolveShare',
  'resolveRetirement',
  'recordFailure',
  'sweep',
  'startBuild',
  'watchSources',
  'measureRecipes',
  'checkDrift',
];

/** The functions that send mail, beside `notify`. */
const tellers = ['checkDrift', 'verifyRetirement'];

/** The functions that need the bucket of stored AMIs. The others of archive-image are told its name by ResolveArchive. */
const archivers = ['resolveArchive'];

/** `functions` of serverless.yml. */
export const lambdas = (functions: Declared[], { name, notified }: ConfiguredDeployment): Record<string, object> =>
  Object.fromEntries(
    functions.map(({ key, byEvents }) => [
      key,
      {
        handler: `dist/${key}/index.handler`,
        role: roleIdOf(key),
        ...(timeouts[key] && { timeout: timeouts[key] }),
        environment: {
          ...(takeRecipes.includes(key) && { GOLDEN_CATALOG: `dist/${key}/recipes.json` }),
          ...(archivers.includes(key) && { GOLDEN_ARCHIVES: ref('ArchiveBucket') }),
          ...(byEvents && { GOLDEN_MACHINE: ref('BuildImage') }),
          ...((key === 'notify' || (tellers.includes(key) && notified)) && { GOLDEN_TOPIC: topicArn(notified, name) }),
        },
        package: { patterns: [`dist/${key}/**`] },
      },
    ]),
  );

/** `${CopyImageArn}` and so on, as a state machine names the functions that it runs. @throws for a name without a function. */
export function substitutionsOf(definition: string, functions: Declared[]): { substitutions: object; arns: object[] } {
  const names = [...new Set([...definition.matchAll(/\$\{(\w+)Arn\}/g)].map(([, name = '']) => name))];
  const ids = new Set(functions.map(({ key }) => lambdaIdOf(key)));
  const unknown = names.filter((name) => !ids.has(lambdaIdOf(name)));
  if (unknown.length > 0)
    throw new Error(`A state machine calls ${unknown.join(', ')}, and functions/ has no file for it.`);
  const arns = names.map((name) => [`${name}Arn`, getArn(lambdaIdOf(name))] as const);
  return {
    // A Task's Resource must be in the partition of the execution.
    substitutions: { Partition: ref('AWS::Partition'), ...Object.fromEntries(arns) },
    arns: arns.map(([, arn]) => arn),
  };
}

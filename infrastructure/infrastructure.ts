// Everything that serverless.yml reads from dist/infrastructure.json. scripts/deployment-files.ts writes it for one deployment.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Catalog } from '../core/recipe/types.ts';
import { secretReaders } from '../core/deployment/secret-readers.ts';
import { builderResources } from './builder.ts';
import { secretProfilesOf, secretReaderResources } from './secret-readers.ts';
import { getArn, noValue } from './cloudformation.ts';
import { codeVersion, recipesVersion } from './deployed-version.ts';
import { lambdas, substitutionsOf } from './functions.ts';
import { observabilityIn } from './observability/observability.ts';
import { declaredFunctions } from './roles/declared.ts';
import { roleResources } from './roles/roles.ts';
import type { ConfiguredDeployment } from './settings/deployment.ts';
import { checkRecipes, settingsVariable } from './settings/function-settings.ts';
import { triggersIn } from './triggers/surroundings.ts';

const machine = (name: string) =>
  substitutionsOf(
    readFileSync(join(process.env['GOLDEN_ROOT'] ?? '.', `statemachines/${name}.asl.json`), 'utf8'),
    declaredFunctions,
  );

const encryptionOf = (kmsKey: string | undefined) => [
  kmsKey === undefined
    ? { ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }
    : {
        ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: kmsKey },
        BucketKeyEnabled: true,
      },
];

/** For every state machine: what Step Functions logs. */
const executionLogging = ({ level, data }: ConfiguredDeployment['executionLog']) => ({
  Level: level,
  IncludeExecutionData: data,
  Destinations: [{ CloudWatchLogsLogGroup: { LogGroupArn: getArn('BuildImageLogs') } }],
});

/** @throws in words if the recipes or the functions cannot be deployed so. */
export function infrastructureOf(deployment: ConfiguredDeployment, catalog: Catalog): object {
  const { stack, settings } = deployment;
  checkRecipes(catalog, deployment, stack, settings);
  const readers = secretReaders(catalog, deployment.region);
  return {
    settings: settingsVariable({ ...settings, secretProfiles: secretProfilesOf(readers) }),
    versions: { code: codeVersion(resolve(process.env['GOLDEN_ROOT'] ?? '.')), recipes: recipesVersion(catalog) },
    automaticBuilds: settings.automaticBuilds ? 'on' : 'off',
    boundary: stack.permissionsBoundary ?? noValue,
    bucketEncryption: encryptionOf(stack.kmsKey),
    executionLogging: executionLogging(deployment.executionLog),
    functions: lambdas(declaredFunctions, deployment),
    machines: {
      archive: machine('archive-image'),
      build: machine('build-image'),
      cleanUp: machine('clean-up-build'),
      move: machine('move-channel'),
      plan: machine('plan-build'),
      retire: machine('retire-images'),
      share: machine('share-image'),
      sweep: machine('sweep'),
    },
    builder: { ...builderResources(stack), ...secretReaderResources(stack, readers) },
    roles: roleResources(declaredFunctions, deployment),
    triggers: triggersIn(deployment, catalog),
    observability: observabilityIn(deployment, catalog),
  };
}

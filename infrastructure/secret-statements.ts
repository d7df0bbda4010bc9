// What lets a builder read secrets.
import { arnOfSecret, placeOfSecret } from '../core/recipe/steps/secrets.ts';
import { arn, sub } from './cloudformation.ts';

const ofStack = { partition: '${AWS::Partition}', region: '${AWS::Region}', account: '${AWS::AccountId}' };

/** @param patterns Names of parameters and, after `secret:`, names or ARNs of Secrets Manager, as the setting `builderSecrets` has them. */
export function readsSecrets(patterns: string[]): object[] {
  const parameters = patterns.filter((pattern) => pattern.startsWith('/'));
  const secrets = patterns.filter((pattern) => pattern.startsWith('secret:')).map((pattern) => pattern.slice(7));
  const allow = (Action: string[], Resource: unknown[]) =>
    Resource.length > 0 ? [{ Effect: 'Allow', Action, Resource }] : [];
  return [
    ...allow(
      ['ssm:GetParameter', 'ssm:GetParameters'],
      parameters.map((name) => arn('ssm:${AWS::Region}:${AWS::AccountId}:parameter' + name)),
    ),
    ...allow(
      ['secretsmanager:GetSecretValue'],
      secrets.map((name) => (name.startsWith('arn:') ? name : sub(arnOfSecret(name, ofStack)))),
    ),
  ];
}

/**
 * Parameters and secrets under keys of one's own are decrypted by their services alone. AWS's own keys need no permission. The
 * secret of another account is encrypted under a key of that account, whose policy decides.
 */
export const decryptsSecrets = (patterns: string[]): object => {
  const others = patterns.flatMap((pattern) => placeOfSecret(pattern.replace('secret:', ''))?.account ?? []);
  return {
    Effect: 'Allow',
    Action: 'kms:Decrypt',
    Resource: ['${AWS::AccountId}', ...new Set(others)].map((account) =>
      arn('kms:${AWS::Region}:' + account + ':key/*'),
    ),
    Condition: {
      StringLike: { 'kms:ViaService': ['ssm.${AWS::Region}.*', 'secretsmanager.${AWS::Region}.*'].map(sub) },
    },
  };
};

// What lets a builder read secrets.
import { arn, sub } from './cloudformation.ts';

/** @param patterns Names of parameters and, after `secret:`, of Secrets Manager, as the setting `builderSecrets` has them. */
export function readsSecrets(patterns: string[]): object[] {
  const parameters = patterns.filter((pattern) => pattern.startsWith('/'));
  const secrets = patterns.filter((pattern) => pattern.startsWith('secret:'));
  const allow = (Action: string[], Resource: object[]) =>
    Resource.length > 0 ? [{ Effect: 'Allow', Action, Resource }] : [];
  return [
    ...allow(
      ['ssm:GetParameter', 'ssm:GetParameters'],
      parameters.map((name) => arn('ssm:${AWS::Region}:${AWS::AccountId}:parameter' + name)),
    ),
    ...allow(
      ['secretsmanager:GetSecretValue'],
      // Secrets Manager puts six characters of its own behind a name
      secrets.map((name) => arn('secretsmanager:${AWS::Region}:${AWS::AccountId}:' + name + '-??????')),
    ),
  ];
}

/** Parameters and secrets under keys of one's own are decrypted by their services alone. AWS's own keys need no permission. */
export const decryptsSecrets = {
  Effect: 'Allow',
  Action: 'kms:Decrypt',
  Resource: arn('kms:${AWS::Region}:${AWS::AccountId}:key/*'),
  Condition: {
    StringLike: { 'kms:ViaService': ['ssm.${AWS::Region}.*', 'secretsmanager.${AWS::Region}.*'].map(sub) },
  },
};

import { secretReference } from '../../recipe/steps/secrets.ts';

/** What a guest asks AWS for, to set a variable. The program for Linux and the script for Windows get these as JSON. */
export interface SecretQuestion {
  variable: string;
  /** The name in the recipe, for messages. */
  named: string;
  /** The request of GetParameter or of GetSecretValue. */
  ask: { Name: string; WithDecryption: true } | { SecretId: string; VersionStage?: string; VersionId?: string };
  /** The key of the answer's JSON that has the value. */
  key?: string;
}

function questionOf([variable, named]: [string, string]): SecretQuestion {
  const { service, name, key, stage, version } = secretReference(named);
  if (service === 'ssm') return { variable, named, ask: { Name: name, WithDecryption: true } };
  const ask = { SecretId: name, ...(stage && { VersionStage: stage }), ...(version && { VersionId: version }) };
  return { variable, named, ask, ...(key && { key }) };
}

/** @param secrets Names by variable. */
export const secretQuestions = (secrets: Record<string, string>): SecretQuestion[] =>
  Object.entries(secrets).map(questionOf);

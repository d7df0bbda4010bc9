import { defaultSettings, type DeploymentSettings } from '../../core/deployment/deployment-settings.ts';

/** A simulated deployment bounds nothing: a deployment of one's own is bounded by what its settings say. */
export const simulatedSettings: DeploymentSettings = {
  ...defaultSettings,
  automaticBuilds: true,
  inlineRecipes: true,
  shareWith: 'any',
  instanceProfiles: 'any',
  documents: 'any',
  kmsAccounts: 'any',
  documentationIds: 'allowed',
};

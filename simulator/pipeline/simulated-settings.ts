import { defaultSettings, type DeploymentSettings } from '../../core/deployment/deployment-settings.ts';

/** Settings of a simulated deployment, which allow everything. In a real deployment, the settings set the limits. */
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

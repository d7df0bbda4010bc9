import type { DeploymentSettings } from '../core/deployment/deployment-settings.ts';
import type { RecipeSchedule } from '../core/start/recipe-schedule.ts';

/** A CloudFormation resource. */
export interface Resource {
  Type: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  Properties: Record<string, any>;
}
/** The rules, schedules and retries, by logical id. */
export function triggerResources(
  schedules: RecipeSchedule[],
  settings: Pick<DeploymentSettings, 'automaticBuilds' | 'channelRoot'>,
): Record<string, Resource> & { BuildDied: Resource };
/** What notifies somebody, by logical id. */
export function notifyResources(): Record<string, Resource>;
/** All of it, with roles, permissions, queue and subscriptions. */
export function resources(osls: {
  resolveVariable: (name: string) => Promise<unknown>;
}): Promise<Record<string, Resource>>;

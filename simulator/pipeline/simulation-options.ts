import type { DeploymentSettings } from '../../core/deployment/deployment-settings.ts';
import type { Catalog } from '../../core/recipe/recipe.ts';
import type { CloudOptions } from '../aws/cloud.ts';
import type { Interference } from './interference.ts';

export interface SimulationOptions extends Pick<CloudOptions, 'rough' | 'rates' | 'throttling'> {
  catalog: Catalog;
  /** The instant virtual time starts at; default 2026-11-23T03:00:00Z. */
  start?: Date;
  /** Where the pipeline is deployed: builder and first AMI live here. Default us-east-1. */
  region?: string;
  account?: string;
  /** Default: the scenario's, else 1. */
  seed?: number;
  /** Whether schedules, polls and events are deployed, the sweep's too. Default: builds are only started by `start`. */
  triggers?: boolean;
  /** Whether somebody is notified of how builds end: `mails` has what they get. Default: nobody. */
  notify?: boolean;
  /** Settings of the deployment that differ from `simulatedSettings`. Functions see what a test changes in them later. */
  settings?: Partial<DeploymentSettings>;
  /** Virtual seconds per real second, or as fast as the machine goes (default). */
  speed?: 'max' | number;
  /** A scenario document (faults, delays); checked by simulator/pipeline/scenario.ts. */
  scenario?: unknown;
  /**
   * What a test does to the pipeline from outside: to runs of functions (`invoke`), to their calls (`call`), to executions as
   * they enter states (`enter`). A scenario is for people and files; this is for code that goes through every fault there is.
   */
  interfere?: Interference;
  /** Each line a handler logs, as the structured record it is. */
  onLog?: (line: Record<string, unknown>) => void;
}

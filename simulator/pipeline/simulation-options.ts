import type { DeploymentSettings } from '../../core/deployment/deployment-settings.ts';
import type { Catalog } from '../../core/recipe/types.ts';
import type { CloudOptions } from '../aws/cloud.ts';
import type { Interference } from './interference.ts';

/** What a simulation of the deployed pipeline is made of: recipes, region, time, chance, and what goes wrong. */
export interface SimulationOptions extends Pick<CloudOptions, 'rough' | 'rates' | 'throttling' | 'answers'> {
  catalog: Catalog;
  /** The start of virtual time; default 2026-11-23T03:00:00Z. */
  start?: Date;
  /** The region of the pipeline, with its builder and first AMI. Default us-east-1. */
  region?: string;
  account?: string;
  /** Default: the scenario's, else 1. */
  seed?: number;
  /** Whether schedules, polls and events are deployed, including the sweep's. Default: only `start` starts builds. */
  triggers?: boolean;
  /** Regions with a stack of `golden regions`, so that their events come to the pipeline. Default none. */
  regionStacks?: string[];
  /** Whether the ends of builds are notified; `mails` has the messages. Default: no. */
  notify?: boolean;
  /** Whether a page is written for every build, as in every deployment. Default: no, since few tests read one. */
  pages?: boolean;
  /** Settings of the deployment that differ from `simulatedSettings`. If a test changes them later, functions see the change. */
  settings?: Partial<DeploymentSettings>;
  /** Virtual seconds per real second. Default: as fast as possible. */
  speed?: 'max' | number;
  /** A scenario document (faults, delays); checked by simulator/pipeline/scenario.ts. */
  scenario?: unknown;
  /**
   * A test's interference with the pipeline: with runs of functions (`invoke`), with their calls (`call`), with executions that
   * enter states (`enter`). A scenario is for people and files; this is for code that tries every possible fault.
   */
  interfere?: Interference;
  /** Receives each line that a handler logs, as a structured record. */
  onLog?: (line: Record<string, unknown>) => void;
}

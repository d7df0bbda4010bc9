// One deployment with all its settings, read and checked.
import { functionSettings, isOn, type FunctionSettings } from './function-settings.ts';
import { whomToNotify, type Notified } from './notify.ts';
import { stackSettings, type Params, type DeploymentNames, type StackSettings } from './stack-settings.ts';

export interface ConfiguredDeployment extends DeploymentNames {
  /** Service and stage, with which all names begin. */
  name: string;
  stack: StackSettings;
  settings: FunctionSettings;
  notified: Notified;
  dailySweep: string;
  dailyRetirement: string;
  staleAfterDays: number;
  /** What Step Functions logs. */
  executionLog: { level: string; data: boolean };
}

function executionLog({ executionLog: level, executionData }: Params): ConfiguredDeployment['executionLog'] {
  if (!['ALL', 'ERROR', 'FATAL', 'OFF'].includes(String(level)))
    throw new Error(`executionLog must be ALL, ERROR, FATAL or OFF, not "${String(level)}".`);
  return { level: String(level), data: isOn('executionData', executionData) };
}

function staleAfter(value: unknown): number {
  if (Number(value) > 0) return Number(value);
  throw new Error(`staleAfterDays must be a number of days, not "${String(value)}".`);
}

/** @returns the deployment, or all problems of its settings in words. @param functions Keys of the functions. */
export function readDeployment(
  place: DeploymentNames,
  params: Params,
  functions: string[],
): { deployment: ConfiguredDeployment; problems?: never } | { deployment?: never; problems: string[] } {
  const problems = new Set<string>();
  const attempt = <T>(read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      problems.add((error as Error).message);
      return undefined;
    }
  };
  const stack = attempt(() => stackSettings(place, params, functions));
  const settings = stack && attempt(() => functionSettings(stack, params));
  const log = attempt(() => executionLog(params));
  const notified = attempt(() => whomToNotify(params['notify']));
  const staleAfterDays = attempt(() => staleAfter(params['staleAfterDays']));
  if (problems.size > 0 || !stack || !settings || !log || staleAfterDays === undefined)
    return { problems: [...problems] };
  const [dailySweep, dailyRetirement] = [String(params['dailySweep']), String(params['dailyRetirement'])];
  const daily = { name: `${place.service}-${place.stage}`, dailySweep, dailyRetirement };
  return { deployment: { ...place, ...daily, stack, settings, notified, staleAfterDays, executionLog: log } };
}

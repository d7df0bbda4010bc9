// The resources that start, watch and sweep builds. CloudFormation gets these resources and the simulator runs the same ones, so
// their rules and schedules cannot differ. surroundings.ts has the resources that only CloudFormation needs.
import type { RecipeSchedule } from '../../core/start/recipe-schedule.ts';
import { ref, type Resource, type Resources } from '../cloudformation.ts';
import { deadBuilds, deadMoves, driftRules, notifyingRules, pageRules, startingRules } from './rules.ts';
import { wakingRules } from './waking-rules.ts';
import {
  checkingDrift,
  measuring,
  recipeSchedules,
  retiringDaily,
  sweeping,
  watching,
  type Daily,
} from './schedules.ts';
import { failures, lambdaOf, scheduledFunctions, type Called } from './targets.ts';

type TriggerSettings = Daily & { automaticBuilds: boolean; channelRoot: string };

/** A rule or a schedule that starts builds. It exists from the first deployment on, and works once the setting is on. */
const automatic = ({ Type, Properties }: Resource, { automaticBuilds }: TriggerSettings): Resource => ({
  Type,
  Properties: { ...Properties, State: automaticBuilds ? 'ENABLED' : 'DISABLED' },
});

const pascal = (key: string) => key.charAt(0).toUpperCase() + key.slice(1);

// Nobody waits for these functions' answers. Lambda itself retries, and puts an event that fails every time into the queue.
const retriesOf = (key: Called, retries = 2): Resources => ({
  [`${pascal(key)}Retries`]: {
    Type: 'AWS::Lambda::EventInvokeConfig',
    Properties: {
      FunctionName: ref(lambdaOf[key]),
      Qualifier: '$LATEST',
      MaximumEventAgeInSeconds: 21600,
      MaximumRetryAttempts: retries,
      DestinationConfig: { OnFailure: { Destination: failures } },
    },
  },
});

/**
 * The rules that every build and every move needs: waits are woken, and what died is undone. Lambda does not repeat `wake`: a minute later the
 * wait's own look has often answered, and the repeated call would find nothing to do and hide why the first one failed.
 */
export const buildResources = (): Resources => ({
  ...deadBuilds,
  ...deadMoves,
  ...wakingRules,
  ...retriesOf('wake', 0),
});

/** The resources that start, watch and sweep builds, by logical id. */
export function triggerResources(schedules: RecipeSchedule[], settings: TriggerSettings): Resources {
  const startBuilds = {
    ...startingRules(settings.channelRoot),
    WatchSourcesSchedule: watching,
    ...recipeSchedules(schedules),
  };
  return {
    ...buildResources(),
    ...Object.assign({}, ...scheduledFunctions.map((key) => retriesOf(key))),
    MeasureRecipesSchedule: measuring,
    CheckDriftSchedule: checkingDrift,
    ...driftRules,
    DailySweep: sweeping(settings),
    DailyRetirement: retiringDaily(settings),
    ...Object.fromEntries(Object.entries(startBuilds).map(([id, resource]) => [id, automatic(resource, settings)])),
  };
}

/** The resources that write a page for every build. */
export const pageResources = (): Resources => ({ ...pageRules, ...retriesOf('writePage') });

/** The resources that notify people, by logical id. */
export const notifyResources = (): Resources => ({ ...notifyingRules, ...retriesOf('notify') });

import { getArn } from '../cloudformation.ts';

/** Logical ids of the functions that events and schedules call. */
export const lambdaOf = {
  startBuild: 'StartBuildLambdaFunction',
  watchSources: 'WatchSourcesLambdaFunction',
  measureRecipes: 'MeasureRecipesLambdaFunction',
  checkDrift: 'CheckDriftLambdaFunction',
  notify: 'NotifyLambdaFunction',
  wake: 'WakeLambdaFunction',
  writePage: 'WritePageLambdaFunction',
} as const;
export type Called = keyof typeof lambdaOf;

export const scheduledFunctions: Called[] = ['startBuild', 'watchSources', 'measureRecipes', 'checkDrift'];

/** The queue of the events that a function could not take. */
export const failures = getArn('TriggerFailures');

/** AWS's own maximum: EventBridge does not give an event up within a day. */
export const patient = { MaximumEventAgeInSeconds: 86400, MaximumRetryAttempts: 185 };

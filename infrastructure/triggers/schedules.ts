// The schedules of EventBridge Scheduler. CloudFormation gets these resources and the simulator runs the same ones.
import type { RecipeSchedule } from '../../core/start/recipe-schedule.ts';
import { getArn, idOfRecipe, ref, type Resource, type Resources } from '../cloudformation.ts';
import { failures, lambdaOf, patient, type Called } from './targets.ts';

const target = (key: Called, input: object) => ({
  Arn: getArn(lambdaOf[key]),
  RoleArn: getArn('TriggerScheduler'),
  Input: JSON.stringify(input),
  RetryPolicy: patient,
  DeadLetterConfig: { Arn: failures },
});
const scheduled = '<aws.scheduler.scheduled-time>'; // EventBridge Scheduler puts the time there that the schedule names

const scheduleId = (recipe: string) => `Schedule${idOfRecipe(recipe)}`;
const scheduleOf = ({ recipe, expression, timezone, windowMinutes }: RecipeSchedule): Resource => ({
  Type: 'AWS::Scheduler::Schedule',
  Properties: {
    GroupName: ref('TriggerSchedules'),
    Name: recipe,
    Description: `Builds ${recipe}, as triggers.schedule of its recipe says.`,
    ScheduleExpression: expression,
    ScheduleExpressionTimezone: timezone,
    FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: windowMinutes },
    Target: target('startBuild', { recipe, scheduled }),
  },
});
const everySo = (key: Called, ScheduleExpression: string, Description: string): Resource => ({
  Type: 'AWS::Scheduler::Schedule',
  Properties: {
    GroupName: ref('TriggerSchedules'),
    Description,
    ScheduleExpression,
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: target(key, { scheduled }),
  },
});
export const watching = everySo(
  'watchSources',
  'rate(1 hour)',
  'Looks for newer source images. AWS tells nobody that its public parameters have changed.',
);
// CloudWatch charges for every metric and hour in which the metric gets a value
export const measuring = everySo(
  'measureRecipes',
  'rate(6 hours)',
  'Measures how old the images are that channels point at, and which recipes are not built by themselves any more.',
);

export const checkingDrift = everySo(
  'checkDrift',
  'rate(1 hour)',
  'Compares published images and channels with what the pipeline made of them: AWS tells nobody of changed permissions and tags.',
);

/** What the daily schedules need of a deployment: its name, and whether each schedule is ENABLED or DISABLED. */
export interface Daily {
  name: string;
  dailySweep: string;
  dailyRetirement: string;
}

// Once a day at a quiet hour. A second sweep or a missed day does no harm.
export const sweeping = ({ name, dailySweep }: Daily): Resource => ({
  Type: 'AWS::Scheduler::Schedule',
  Properties: {
    Name: `${name}-sweep`,
    Description: 'Removes what builds left behind.',
    State: dailySweep,
    ScheduleExpression: 'cron(30 4 * * ? *)',
    ScheduleExpressionTimezone: 'UTC',
    FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 60 },
    Target: {
      Arn: ref('SweepMachine'),
      RoleArn: getArn('SweepStarter'),
      Input: JSON.stringify({ dryRun: false }),
      RetryPolicy: { MaximumEventAgeInSeconds: 21600, MaximumRetryAttempts: 20 },
      DeadLetterConfig: { Arn: getArn('UnstartedSweeps') },
    },
  },
});

// Some hours after the sweep, which may have removed what is left of a build. An image takes one step a day at most.
export const retiringDaily = ({ name, dailyRetirement }: Daily): Resource => ({
  Type: 'AWS::Scheduler::Schedule',
  Properties: {
    Name: `${name}-retire-images`,
    Description: 'Retires old images, as `retire` of their recipes says.',
    State: dailyRetirement,
    ScheduleExpression: 'cron(30 7 * * ? *)',
    ScheduleExpressionTimezone: 'UTC',
    FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 60 },
    Target: {
      Arn: ref('RetireImagesMachine'),
      RoleArn: getArn('RetirementStarter'),
      Input: JSON.stringify({ who: 'the daily schedule' }),
      RetryPolicy: { MaximumEventAgeInSeconds: 21600, MaximumRetryAttempts: 20 },
      DeadLetterConfig: { Arn: getArn('UnstartedRetirements') },
    },
  },
});

/** One schedule for each recipe that has one, by logical id. */
export const recipeSchedules = (schedules: RecipeSchedule[]): Resources =>
  Object.fromEntries(schedules.map((schedule) => [scheduleId(schedule.recipe), scheduleOf(schedule)]));

import { idOfRecipe, type Resources } from '../cloudformation.ts';
import type { ConfiguredDeployment } from '../settings/deployment.ts';
import { alarm, endedBadly, one, sumOf } from './alarm-parts.ts';
import {
  dayPeriod,
  executions,
  hourPeriod,
  measuredPeriod,
  ownMetric,
  queues,
  waiting,
  type RecipeChannel,
} from './metric-sources.ts';

// AWS counts only what happens, so a missing value means that nothing is wrong
const quiet = { missing: 'notBreaching' };
// Between two measurements, the last value holds. A failed measurement shows in TriggerFailures.
const asBefore = { missing: 'ignore' };

const alarmsOf = (
  { recipe, channel }: RecipeChannel,
  { name: deployment, staleAfterDays }: ConfiguredDeployment,
): Resources => ({
  [`BreakerOpen${idOfRecipe(recipe)}`]: alarm(
    `${deployment}-breaker-open-${recipe}`,
    `${recipe} failed so often that it is not built by itself any more. Runbook: "Nothing builds a recipe any more".`,
    asBefore,
    one(ownMetric('BreakerOpen', deployment, { Recipe: recipe }), 'Maximum', measuredPeriod),
  ),
  ...(channel && {
    [`Stale${idOfRecipe(recipe)}`]: alarm(
      `${deployment}-stale-${recipe}`,
      `${recipe}/${channel} points at an image of more than ${staleAfterDays} days. Runbook: "An image is stale".`,
      { ...asBefore, threshold: staleAfterDays, operator: 'GreaterThanThreshold' },
      one(ownMetric('ImageAge', deployment, { Recipe: recipe, Channel: channel }), 'Maximum', measuredPeriod),
    ),
    [`Drifted${idOfRecipe(recipe)}`]: alarm(
      `${deployment}-drifted-${recipe}`,
      `Published images of ${recipe} were changed by somebody else, or differ from the deployed recipe. Runbook: "A published image has drifted".`,
      asBefore,
      one(ownMetric('Drifts', deployment, { Recipe: recipe }), 'Maximum', hourPeriod),
    ),
    [`ChannelBroken${idOfRecipe(recipe)}`]: alarm(
      `${deployment}-channel-broken-${recipe}`,
      `${recipe}/${channel} points at nothing that can be launched, in some region. Runbook: "A channel is broken".`,
      asBefore,
      one(ownMetric('BrokenChannels', deployment, { Recipe: recipe, Channel: channel }), 'Maximum', measuredPeriod),
    ),
  }),
});

/** Alarms by logical id. */
export const alarmsFor = (recipes: RecipeChannel[], deployment: ConfiguredDeployment): Resources => ({
  BuildFailed: alarm(
    `${deployment.name}-build-failed`,
    'A build failed or ran out of time. Runbook: "A build failed".',
    quiet,
    sumOf([executions('ExecutionsFailed', 'BuildImage'), executions('ExecutionsTimedOut', 'BuildImage')], 300),
  ),
  CleanUpFailed: alarm(
    `${deployment.name}-clean-up-failed`,
    'The clean-up of a build that died did not end well: things may be left behind. Runbook: "Something was left behind".',
    quiet,
    endedBadly('CleanUpBuild'),
  ),
  MoveNotDone: alarm(
    `${deployment.name}-move-failed`,
    'A promotion, rollback, revoke or restore failed, was refused or ran out of time. Runbook: "A move failed".',
    quiet,
    endedBadly('MoveChannelMachine'),
  ),
  OrphansFound: alarm(
    `${deployment.name}-orphans-found`,
    'The sweep found things that builds had left behind. It removes them, but something did not clean up. Runbook: "The sweep found orphans".',
    asBefore,
    one(ownMetric('OrphansFound', deployment.name), 'Maximum', dayPeriod),
  ),
  SweepNotDone: alarm(
    `${deployment.name}-sweep-failed`,
    'The sweep failed: it could not look everywhere, or could remove nothing. Runbook: "The sweep failed".',
    quiet,
    endedBadly('SweepMachine'),
  ),
  ImagesNotRetired: alarm(
    `${deployment.name}-images-not-retired`,
    'Some old images could not be retired, or nobody could look. Runbook: "Images were not retired".',
    quiet,
    endedBadly('RetireImagesMachine'),
  ),
  ...Object.fromEntries(
    Object.entries(queues).map(([id, what]) => [
      `${id}NotEmpty`,
      alarm(
        `${deployment.name}-${id.replace(/(?<=.)[A-Z]/g, '-$&').toLowerCase()}-not-empty`,
        `${what} Runbook: "A queue is not empty".`,
        quiet,
        one(waiting(id), 'Maximum', 300),
      ),
    ]),
  ),
  ...Object.assign({}, ...recipes.map((recipe) => alarmsOf(recipe, deployment))),
});

import { awaitBuilder } from '../../functions/bake/await-builder.ts';
import { awaitCommand } from '../../functions/bake/await-command.ts';
import { awaitImage } from '../../functions/bake/await-image.ts';
import { createImage } from '../../functions/bake/create-image.ts';
import { launch } from '../../functions/bake/launch.ts';
import { resolve } from '../../functions/bake/resolve.ts';
import { seal } from '../../functions/bake/seal.ts';
import { sendCommand } from '../../functions/bake/send-command.ts';
import { awaitCandidate } from '../../functions/check/await-candidate.ts';
import { awaitCheck } from '../../functions/check/await-check.ts';
import { launchCandidate } from '../../functions/check/launch-candidate.ts';
import { sendCheck } from '../../functions/check/send-check.ts';
import { terminateCandidate } from '../../functions/check/terminate-candidate.ts';
import { cleanUp } from '../../functions/undo/clean-up.ts';
import { compensate } from '../../functions/undo/compensate.ts';
import { recordFailure } from '../../functions/undo/record-failure.ts';
import { recordUpToDate } from '../../functions/bake/record-up-to-date.ts';
import { sweep } from '../../functions/sweep/sweep.ts';
import { awaitCopy } from '../../functions/distribute/await-copy.ts';
import { copyImage } from '../../functions/distribute/copy-image.ts';
import { grantPermissions } from '../../functions/distribute/grant-permissions.ts';
import { verify } from '../../functions/distribute/verify.ts';
import { publish } from '../../functions/publish/publish.ts';
import { measureRecipes } from '../../functions/report/measure-recipes.ts';
import { notify } from '../../functions/report/notify.ts';
import type { Stage } from '../../functions/stage.ts';
import { startBuild } from '../../functions/start/start-build.ts';
import { watchSources } from '../../functions/start/watch-sources.ts';

/** Every stage of the pipeline, by the name of its state. */
export const stages = byName([
  resolve,
  recordUpToDate,
  launch,
  awaitBuilder,
  sendCommand,
  awaitCommand,
  seal,
  createImage,
  awaitImage,
  launchCandidate,
  awaitCandidate,
  sendCheck,
  awaitCheck,
  terminateCandidate,
  copyImage,
  awaitCopy,
  grantPermissions,
  verify,
  publish,
  cleanUp,
  compensate,
  recordFailure,
  sweep,
]);

/** The functions that events and schedules call, by name. */
export const eventFunctions = byName([startBuild, watchSources, measureRecipes, notify]);

function byName(all: { name: string }[]): ReadonlyMap<string, Stage<never>> {
  return new Map(all.map((one) => [one.name, one as Stage<never>]));
}

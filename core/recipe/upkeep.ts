import * as z from 'zod/mini';
import { parameterValue } from './parameters/definitions.ts';
import { duration } from './scalars.ts';

/** This default also holds for a recipe without triggers, since an image that is started by hand gets old, too. */
export const defaultRebuildAfter = '30d';

export const triggers = z
  .strictObject({
    schedule: z.exactOptional(
      z
        .string()
        .check(z.describe('When to build: cron(minutes hours day-of-month month day-of-week year) or rate(7 days).')),
    ),
    timezone: z.exactOptional(
      z.string().check(z.describe('IANA time zone of a cron schedule, such as Europe/Berlin. Default UTC.')),
    ),
    flexibleWindow: z
      ._default(duration('1m', '1d'), '15m')
      .check(
        z.describe(
          'Longest delay of a scheduled build, in whole minutes. The delay keeps builds from starting all at once.',
        ),
      ),
    onSourceUpdate: z
      ._default(z.boolean(), false)
      .check(
        z.describe('Build when a newer source image appears, and when the published image is older than rebuildAfter.'),
      ),
    parameters: z.exactOptional(
      z
        .record(z.string(), parameterValue)
        .check(z.describe('Values of parameters for the builds that these triggers start, in place of the defaults.')),
    ),
    rebuildAfter: z
      ._default(duration('1h', '365d'), defaultRebuildAfter)
      .check(
        z.describe(
          'Age at which a published image is out of date even if nothing else has changed, because packages get patches without a new source image. With onSourceUpdate, a build then starts by itself. If the image is younger and nothing has changed, a start builds nothing.',
        ),
      ),
  })
  .check(z.describe('What starts builds automatically. If left out, nothing does.'));

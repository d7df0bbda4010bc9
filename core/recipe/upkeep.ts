import * as z from 'zod/mini';
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
          'How late after its time a scheduled build may start, in whole minutes, so that not all start at once.',
        ),
      ),
    onSourceUpdate: z
      ._default(z.boolean(), false)
      .check(
        z.describe('Build when a newer source image appears, and when the published image is older than rebuildAfter.'),
      ),
    rebuildAfter: z
      ._default(duration('1h', '365d'), defaultRebuildAfter)
      .check(
        z.describe(
          'Age from which a published image is no longer up to date although nothing else has changed: patches come without a new source image, too. With onSourceUpdate a build then starts by itself. A start finds an image that is younger up to date, and builds nothing.',
        ),
      ),
  })
  .check(z.describe('What starts a build by itself. Left out: nothing does.'));

import * as z from 'zod/mini';
import { duration } from './scalars.ts';

export const retire = z
  .strictObject({
    keep: z
      ._default(z.int().check(z.minimum(1), z.maximum(1000)), 1)
      .check(z.describe('So many of the newest images are never retired, whatever their age.')),
    deprecateAfter: z.exactOptional(
      duration('1d', '3650d').check(
        z.describe('Age at which an image is deprecated: no longer listed for others, but still launchable.'),
      ),
    ),
    deregisterAfter: z.exactOptional(
      duration('1d', '3650d').check(
        z.describe('Age at which an image is deregistered and its snapshots deleted; longer than deprecateAfter.'),
      ),
    ),
  })
  .check(z.describe('What becomes of older images. Left out: they stay.'));

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
    onSourceUpdate: z._default(z.boolean(), false).check(z.describe('Build when a newer source image appears.')),
  })
  .check(z.describe('What starts a build by itself. Left out: nothing does.'));

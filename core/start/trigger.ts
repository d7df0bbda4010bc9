import * as z from 'zod/mini';
import { oneLine } from '../recipe/scalars.ts';

/** What starts a build by itself: its time, a newer source image, a newer image of the recipe it builds on. */
export const trigger = z.strictObject({
  by: z.enum(['schedule', 'source', 'parent']),
  /** For the reader of manifests and logs. */
  reason: z.string().check(z.minLength(1), z.maxLength(500), oneLine),
});

/** Why a build was started automatically. A build without one was started by hand. */
export type Trigger = z.infer<typeof trigger>;

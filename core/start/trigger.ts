import * as z from 'zod/mini';
import { oneLine } from '../recipe/scalars.ts';

/** What starts a build automatically: its schedule, a newer source image, or a newer image of its parent recipe. */
export const trigger = z.strictObject({
  by: z.enum(['schedule', 'source', 'parent']),
  /** Explanation for readers of manifests and logs. */
  reason: z.string().check(z.minLength(1), z.maxLength(500), oneLine),
});

/** Why a build was started automatically. A build without one was started by hand. */
export type Trigger = z.infer<typeof trigger>;

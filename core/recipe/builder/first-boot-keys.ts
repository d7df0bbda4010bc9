import * as z from 'zod/mini';
import { pathBelow, text } from '../scalars.ts';

/** The keys of `builder` for the user data that a recipe adds to that of the pipeline. */
export const userDataKeys = {
  userData: z.exactOptional(
    text.check(
      z.describe(
        "User data for the first boot of the builder, beside the pipeline's own. On Linux, anything that cloud-init takes, such as `#cloud-config` or a script with `#!`. On Windows, one `<powershell>` element. The candidate does not get it, because it boots as servers will.",
      ),
    ),
  ),
  userDataFile: z.exactOptional(
    pathBelow('user-data/proxy.yaml').check(
      z.describe("User data in a file beside the recipe, by its path below the recipe's folder."),
    ),
  ),
};

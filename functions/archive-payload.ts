import * as z from 'zod/mini';

/** What the states of archive-image hand on: what is done, and who asked for it. */
export const archivePayload = {
  archive: z.strictObject({
    verb: z.enum(['archive', 'unarchive']),
    recipe: z.string(),
    build: z.string(),
    region: z.string(),
    bucket: z.string(),
    object: z.string(),
    ami: z.optional(z.string()),
    gib: z.number(),
    notes: z.array(z.string()),
  }),
  by: z.strictObject({ execution: z.string(), who: z.string(), why: z.optional(z.string()) }),
};

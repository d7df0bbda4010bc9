import * as z from 'zod/mini';
import type { Problem } from '../recipe/problems.ts';
import { requestIn, requestKeys, requestNames, requestSays } from '../start/request.ts';

/** The input of an execution of archive-image: `{"verb": "archive", "recipe": "al2023-base", "build": "20261123-030000-9f2c"}`. */
const ArchiveInput = z.strictObject({
  verb: z.enum(['archive', 'unarchive']),
  recipe: requestNames.name,
  build: requestNames.build,
  /** The object to restore, where this deployment has not archived the build itself. */
  object: z.optional(z.string().check(z.regex(/^ami-[0-9a-f]{8,17}\.bin$/))),
  plan: requestKeys.plan,
  why: requestKeys.why,
  who: requestKeys.who,
});

export type ArchiveRequest = z.infer<typeof ArchiveInput>;

const demanded = {
  schema: ArchiveInput,
  says: {
    ...requestSays,
    verb: 'must be archive or unarchive',
    object: 'is no stored AMI, such as ami-0123456789abcdef0.bin',
  },
  otherwise:
    'the execution input must be an object like {"verb": "archive", "recipe": "al2023-base", "build": "20261123-030000-9f2c"}',
};

/** EC2 names the object that it stores. */
const togetherProblems = ({ verb, object }: ArchiveRequest): Problem[] =>
  verb === 'archive' && object !== undefined
    ? [{ path: ['object'], message: 'goes with unarchive only: EC2 names the object itself' }]
    : [];

/** What an execution's input asks for, or everything that is wrong with the input. */
export const archiveRequest = (input: unknown): { request: ArchiveRequest } | { problems: Problem[] } =>
  requestIn(input, { ...demanded, together: togetherProblems });

import * as z from 'zod/mini';
import type { Problem } from '../recipe/problems.ts';
import { requestIn, requestKeys, requestNames, requestSays } from '../start/request.ts';
import { amiPattern } from '../launch/source.ts';

/** The input of an execution of retire-images. `{}` is enough, and retires what the policies of all recipes say. */
const RetireInput = z.strictObject({
  /** Only images of this recipe. */
  recipe: z.optional(requestNames.name),
  /** `deregister` removes one image, even against the policy of its recipe. */
  verb: z.optional(z.enum(['retire', 'deregister'])),
  /** The build to deregister. */
  build: z.optional(requestNames.build),
  /** Or one of its AMIs. */
  ami: z.optional(z.string().check(z.regex(amiPattern))),
  /** What becomes of the snapshots of the image to deregister. */
  snapshots: z.optional(z.enum(['delete', 'keep'])),
  /** Deregisters an image even if somebody uses it, or if nobody can tell. */
  evenIfUsed: z.optional(z.boolean()),
  /** Acts at once on policies that are new, without a first run that only reports. */
  apply: z.optional(z.boolean()),
  /** How many images take a step in this run. */
  cap: z.optional(z.int().check(z.minimum(1), z.maximum(100))),
  plan: requestKeys.plan,
  why: requestKeys.why,
  who: requestKeys.who,
});

export type RetireRequest = z.infer<typeof RetireInput>;

const demanded = {
  schema: RetireInput,
  says: {
    ...requestSays,
    verb: 'must be retire or deregister',
    ami: 'is no AMI id, such as ami-0123456789abcdef0',
    snapshots: 'must be delete or keep',
    evenIfUsed: 'must be true or false',
    apply: 'must be true or false',
    cap: 'must be a number from 1 to 100',
  },
  otherwise: 'the execution input must be an object like {} or {"verb": "deregister", "ami": "ami-0123456789abcdef0"}',
};

/** What is missing or too much for a verb. */
function togetherProblems({ verb, recipe, build, ami, snapshots, evenIfUsed, cap }: RetireRequest): Problem[] {
  const problems: Problem[] = [];
  const says = (key: string, message: string) => void problems.push({ path: [key], message });
  if (verb === 'deregister') {
    if (ami === undefined && build === undefined) says('build', 'is missing: deregister names a build or an ami');
    if (ami !== undefined && build !== undefined) says('ami', 'does not go with build: either names the image');
    if (build !== undefined && recipe === undefined) says('recipe', 'is missing: the build belongs to a recipe');
    if (cap !== undefined) says('cap', 'goes with the policies of recipes only');
    return problems;
  }
  const only = { build, ami, snapshots, evenIfUsed };
  for (const [key, value] of Object.entries(only)) if (value !== undefined) says(key, 'goes with verb deregister only');
  return problems;
}

/** What an execution's input asks for, or everything that is wrong with the input. */
export const retireRequest = (input: unknown): { request: RetireRequest } | { problems: Problem[] } =>
  requestIn(input, { ...demanded, together: togetherProblems });

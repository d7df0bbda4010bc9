import * as z from 'zod/mini';
import { durationPattern, secondsOf } from '../duration.ts';
import { longestRecipeName, nameForm } from '../recipe-name.ts';
import { homeRegion, knownRegions } from './regions.ts';
import { didYouMean } from '../nearest.ts';

const wrong =
  (must: string) =>
  ({ input }: { input?: unknown }) =>
    `must ${must}, got ${JSON.stringify(input)}`;

/** A pattern for a text, with its description for messages. */
export const formed = (form: RegExp, must: string, abort = false) => z.regex(form, { error: wrong(must), abort });
export const holds = (isRight: (input: string) => boolean, must: string) =>
  z.refine<string>(isRight, { error: wrong(must) });

// YAML reads a bare number as a number and loses its original spelling, so the message asks for quotes.
const quoted = (what: string) => (issue: { input?: unknown }) =>
  typeof issue.input === 'number'
    ? `must be ${what} in quotes: without quotes YAML reads a number, here ${issue.input}, and drops leading zeros`
    : undefined;

export const accountId = z
  .string({ error: quoted('12 digits') })
  .check(formed(/^\d{12}$/, 'be an account id of 12 digits'));

export const owner = z
  .string({ error: quoted('an account id of 12 digits') })
  .check(formed(/^(amazon|self|\d{12})$/, 'be amazon, self or an account id of 12 digits'));

export const name = z
  .string()
  .check(
    formed(new RegExp(`^${nameForm}$`), 'be lower-case letters, digits and single hyphens'),
    z.maxLength(longestRecipeName),
  );

// EC2 answers in XML, which has no control characters, lone surrogates or non-characters. They would never read back equal.
const unkept = /[\p{Cc}\p{Cs}\uFFFE\uFFFF]/u;
export const oneLine = holds((input) => !unkept.test(input), 'be one line without control characters');

export const label = z.string().check(z.minLength(1), z.maxLength(64), oneLine);

/** A path of a file beside the recipe. */
export const pathBelow = (example: string) =>
  z.string().check(
    holds(
      (input) => input.split('/').every((part) => /^[\w@+=-][\w@+=. -]*$/.test(part)),
      `be a path below the recipe's folder such as ${example}, without ./, ../ or a leading /`,
    ),
    z.maxLength(255),
  );

export const text = z.string().check(z.regex(/\S/, 'must not be empty'));

/** A region name, or `home`. */
export const region = z.string().check(
  z.refine((input) => input === homeRegion || knownRegions.includes(input), {
    error: ({ input }) =>
      `${String(input)} is not a region this version knows${didYouMean(String(input), [homeRegion, ...knownRegions])}`,
  }),
);

export const kmsKey = z
  .string()
  .check(
    formed(
      /^(alias\/[\w/-]{1,250}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32}|arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:(alias\/[\w/-]{1,250}|key\/([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})))$/,
      'be a KMS key id, a key ARN or alias/<name>',
    ),
  );

/** A duration between two others, inclusive. */
export const duration = (least: string, most: string) =>
  z.string().check(
    formed(durationPattern, 'be a whole number and s, m, h or d, such as 20m', true),
    holds(
      (input) => secondsOf(input) >= secondsOf(least) && secondsOf(input) <= secondsOf(most),
      `be from ${least} to ${most}`,
    ),
  );

/** A list without repeated entries. */
export const distinct = <T extends z.core.$ZodType<string, string>>(element: T) =>
  z.array(element).check(
    z.superRefine((list, context) => {
      const seen = new Map<string, number>();
      for (const [index, entry] of list.entries()) {
        const first = seen.get(entry);
        if (first === undefined) seen.set(entry, index);
        else
          context.addIssue({
            code: 'custom',
            path: [index],
            message: `${entry} is already there at [${first}]`,
            input: entry,
          });
      }
    }),
  );

/** An organization by its ARN. */
export const organizationArn = z
  .string()
  .check(
    formed(
      /^arn:aws[a-z-]*:organizations::\d{12}:organization\/o-[a-z0-9]{10,32}$/,
      'be an organization ARN such as arn:aws:organizations::111122223333:organization/o-exampleorgid',
    ),
  );
/** An organizational unit by its ARN. */
export const organizationalUnitArn = z
  .string()
  .check(
    formed(
      /^arn:aws[a-z-]*:organizations::\d{12}:ou\/o-[a-z0-9]{10,32}\/ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}$/,
      'be an OU ARN such as arn:aws:organizations::111122223333:ou/o-exampleorgid/ou-ab12-cdefgh34',
    ),
  );

// "Tag restrictions" of docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html: EC2 takes any character in a tag.
export const ownTags = z.record(
  z
    .string()
    .check(
      z.minLength(1),
      z.maxLength(128),
      z.regex(/^(?!aws:|golden:)/i, 'must not start with aws: or golden:, which are reserved'),
      oneLine,
    ),
  z.string().check(z.maxLength(256), oneLine),
);

/** AWS allows 50 tags, and the pipeline needs the rest. */
export const mostTags = 40;

// CreateImage, Name: 3 to 128 characters of these. Braces are only in the two parts that the build fills in.
export const imageNameForm = z.string().check(
  formed(
    /^([A-Za-z0-9()[\] ./'@_-]|\{(recipe|build)\})+$/,
    "be letters, digits, spaces and ()[]./-'@_, with {recipe} and {build} for what the build fills in",
  ),
  holds((text) => text.includes('{build}'), 'contain {build}, so that each build has a name of its own'),
);

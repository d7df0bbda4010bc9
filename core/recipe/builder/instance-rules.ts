import { mostTags } from '../scalars.ts';
import type { Rule } from '../rules/rule.ts';

// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/work-with-tags-in-IMDS.html
const readable = /^(?!(\.|\.\.|_index)$)[0-9a-zA-Z\-_+=,.@:]+$/;

/** Rules about the tags of builder and candidate. */
export const instanceRules: Rule[] = [
  {
    says: `builder.tags and image.tags are at most ${mostTags} together.`,
    look({ builder, image }, report) {
      const total = Object.keys({ ...builder?.tags, ...image?.tags }).length;
      if (builder?.tags && total > mostTags && Object.keys(image?.tags ?? {}).length <= mostTags)
        report(
          ['builder', 'tags'],
          `with image.tags these are ${total} tags, and at most ${mostTags} are possible: AWS allows 50 and the pipeline needs the rest`,
        );
    },
  },
  {
    says: 'With builder.imds.tags, the keys of builder.tags and image.tags are letters, digits and -_+=,.@: only, as EC2 demands.',
    look({ builder, image }, report) {
      if (!builder?.imds?.tags) return;
      for (const [section, tags] of [
        ['builder', builder.tags],
        ['image', image?.tags],
      ] as const)
        for (const key of Object.keys(tags ?? {}))
          if (!readable.test(key))
            report(
              [section, 'tags', key],
              'is no key that the metadata service can show: letters, digits and -_+=,.@: only; rename it, or leave builder.imds.tags out',
            );
    },
  },
];

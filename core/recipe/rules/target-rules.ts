import { secondsOf } from '../../duration.ts';
import { placeName } from '../../distribute/place.ts';
import { mostTags } from '../scalars.ts';
import { isCopy } from '../regions.ts';
import { repeats, sound, type Rule, type SoundParts } from './rule.ts';

type Target = NonNullable<SoundParts['distribute'][number]>;

const buildNameLength = 'YYYYMMDD-HHMMSS-hhhh'.length;
const mostOfName = 128;

const nameOf = ({ id, name }: Target): string =>
  name ?? (id === undefined ? '{recipe}-{build}' : `{recipe}-{build}-${id}`);

/** The rules on which targets a recipe has, and what their images are called. */
export const targetRules: Rule[] = [
  {
    says: 'Each region is a target only once, and further copies in it each have an id of their own.',
    look({ distribute }, report, { stated }) {
      const known = sound(distribute).filter(
        ([index, { id }]) => id !== undefined || !stated(['distribute', index, 'id']),
      );
      for (const [index, first, { region, id }] of repeats(known, placeName)) {
        if (id === undefined) {
          const further = 'a further copy in the region needs an id of its own';
          report(['distribute', index, 'region'], `${region} is already the target distribute[${first}]; ${further}`);
        } else report(['distribute', index, 'id'], `${id} is already the id of distribute[${first}] in ${region}`);
      }
    },
  },
  {
    says: `Two images in one region have different names, and none is longer than the ${mostOfName} characters that EC2 allows.`,
    look({ name: recipe, distribute }, report) {
      const targets = sound(distribute);
      for (const [index, first, target] of repeats(targets, (one) => `${one.region} ${nameOf(one)}`)) {
        // Targets without a name of their own are told of as repeated regions.
        if (target.name === undefined && targets.find(([at]) => at === first)?.[1].name === undefined) continue;
        const key = target.name === undefined ? 'id' : 'name';
        report(
          ['distribute', index, key],
          `gives the same name ${nameOf(target)} as distribute[${first}] in its region`,
        );
      }
      for (const [index, target] of targets) {
        const longest = nameOf(target)
          .replaceAll('{recipe}', recipe ?? '')
          .replaceAll('{build}', '0'.repeat(buildNameLength));
        if (longest.length > mostOfName)
          report(
            ['distribute', index, target.name === undefined ? 'id' : 'name'],
            `gives a name of ${longest.length} characters, and EC2 allows ${mostOfName}`,
          );
      }
    },
  },
  {
    says: `image.tags and the tags of a target are at most ${mostTags} together.`,
    look({ image, distribute }, report) {
      for (const [index, { tags = {} }] of sound(distribute)) {
        const total = Object.keys({ ...image?.tags, ...tags }).length;
        if (total > mostTags && Object.keys(image?.tags ?? {}).length <= mostTags)
          report(
            ['distribute', index, 'tags'],
            `with image.tags these are ${total} tags, and at most ${mostTags} are possible: AWS allows 50 and the pipeline needs the rest`,
          );
      }
    },
  },
  {
    says: 'completeWithin is for copies, not for the image that is made in the region of the pipeline, and is shorter than the timeout of each target.',
    look({ distribute, completeWithin: common }, report, { home, stated }) {
      const targets = sound(distribute);
      if (common !== undefined && targets.length > 0 && targets.every(([, target]) => !isCopy(target, home)))
        report(['completeWithin'], 'is for copies, and the recipe makes none; image.timeout is for the image');
      for (const [index, { completeWithin, timeout, ...target }] of targets) {
        const path = ['distribute', index, 'completeWithin'];
        if (completeWithin === undefined) continue;
        const isShorter = secondsOf(completeWithin) < secondsOf(timeout);
        if (!isCopy(target, home))
          report(path, 'is for copies, but the image is made in this region; image.timeout is for that');
        else if (!isShorter && stated(path)) report(path, `must be shorter than the timeout, ${timeout}`);
        else if (!isShorter)
          report(['completeWithin'], `must be shorter than the timeout of distribute[${index}], ${timeout}`);
      }
    },
  },
];

/** The rules on what a publish does beside its channel. */
export const publishRules: Rule[] = [
  {
    says: 'A launch template is named by its id or by its name, not by both.',
    look({ distribute }, report) {
      for (const [index, { launchTemplate }] of sound(distribute)) {
        if (!launchTemplate || (launchTemplate.id === undefined) !== (launchTemplate.name === undefined)) continue;
        const has = launchTemplate.id === undefined ? 'neither' : 'both';
        report(['distribute', index, 'launchTemplate'], `needs either id or name, and has ${has}`);
      }
    },
  },
  {
    says: 'A launch template gets versions from one target only.',
    look({ distribute }, report) {
      const named = sound(distribute).filter(([, { launchTemplate }]) => launchTemplate !== undefined);
      const keyOf = ({ region, launchTemplate: { id, name } = { setDefault: false } }: (typeof named)[number][1]) =>
        id === undefined && name === undefined ? undefined : `${region} ${id ?? name}`;
      for (const [index, first] of repeats(named, keyOf))
        report(['distribute', index, 'launchTemplate'], `is already the launch template of distribute[${first}]`);
    },
  },
  {
    says: 'A launch template goes with publish.channel, because the channel keeps two builds from publishing at once.',
    look({ distribute }, report, { stated }) {
      if (stated(['publish'])) return;
      for (const [index, { launchTemplate }] of sound(distribute))
        if (launchTemplate)
          report(
            ['distribute', index, 'launchTemplate'],
            'gets a version when the image is published; add publish.channel',
          );
    },
  },
  {
    says: 'A watermark is for private images: EC2 puts none on a public one.',
    look({ publish, distribute }, report) {
      if (publish?.watermark !== true) return;
      for (const [index, { allowPublic }] of sound(distribute))
        if (allowPublic)
          report(
            ['distribute', index, 'allowPublic'],
            'does not go with publish.watermark: EC2 puts no watermark on a public image',
          );
    },
  },
];

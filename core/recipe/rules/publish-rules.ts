import { repeats, sound, type Rule } from './rule.ts';

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
];

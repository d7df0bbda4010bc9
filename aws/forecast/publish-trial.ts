import { clientToken } from '../../core/build/identity.ts';
import { targetIn } from '../../core/distribute/distribution.ts';
import { onlyPlace } from '../../core/distribute/place.ts';
import { templateVersion } from '../../core/publish/launch-templates.ts';
import { watermarkOf } from '../../core/publish/watermark.ts';
import type { Connection } from '../connection.ts';
import { attachWatermark } from '../images/watermarks.ts';
import { createTemplateVersion, readTemplate, setDefaultVersion } from '../instances/launch-templates.ts';
import { rehearse } from '../rehearsal.ts';
import type { tryGrants } from '../work/trials.ts';

/** Asks EC2 whether it would take what a publish changes beside the channel: a launch template, and the image's watermark. */
export const tryPublish = (aws: Connection, { rehearsal, ami, ...place }: Parameters<typeof tryGrants>[1]) =>
  rehearse(aws, async (dry) => {
    const at = onlyPlace(place);
    const { launchTemplate } = targetIn(rehearsal, at);
    const seen = launchTemplate && (await readTemplate(dry, at.region, launchTemplate));
    if (seen) {
      const version = { template: seen.id, from: seen.default, ami, description: templateVersion(rehearsal, ami) };
      const token = clientToken(rehearsal.recipe, rehearsal.build, 'plan', seen.id);
      await createTemplateVersion(dry, at.region, version, token);
      if (launchTemplate.setDefault) await setDefaultVersion(dry, at.region, seen.id, seen.default);
    }
    const key = watermarkOf(rehearsal);
    if (key !== undefined) await attachWatermark(dry, at.region, ami, key);
  });

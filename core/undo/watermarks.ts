import type { Fate } from './fate.ts';
import type { TemplateAction } from './templates.ts';
import type { UndoScope } from './scope.ts';
import type { Thing } from './things.ts';

/** An AMI that is not published loses the watermark of published ones. */
interface UnmarkAction {
  do: 'unmark';
  region: string;
  image: Thing;
  watermark: string;
}

/** What is taken back of a publish, besides the channel. */
export type PublishedAction = UnmarkAction | Exclude<TemplateAction, { do: 'leave' }>;

/**
 * Takes the watermark of published AMIs from those that are not published. It goes before the AMI does, since AWS may refuse to
 * remove the AMI. An AMI that servers still boot from keeps it until the channel is restored.
 */
export const unmarking = (
  images: { image: Thing; fate: Fate }[],
  { watermark, published }: UndoScope,
): UnmarkAction[] =>
  images.flatMap(({ image, fate }) => {
    const { id, region, state, watermarks = [] } = image;
    if (watermark === undefined || state !== 'available' || !watermarks.includes(watermark)) return [];
    const isPublished = published.some((one) => one.region === region && one.ami === id);
    return isPublished || fate === 'promoted' ? [] : [{ do: 'unmark', region, image, watermark }];
  });

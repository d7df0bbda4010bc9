import type { UndoScope } from './scope.ts';
import type { Thing } from './things.ts';

/** An AMI that is not published loses the watermark of published ones. */
export interface UnmarkAction {
  do: 'unmark';
  region: string;
  image: Thing;
  watermark: string;
}

/** Takes the watermark of published AMIs from one that is not published. It goes before the AMI does, which AWS may refuse. */
export function unmarking(image: Thing, { watermark, published }: UndoScope): UnmarkAction[] {
  const { id, region, state, watermarks = [] } = image;
  if (watermark === undefined || state !== 'available' || !watermarks.includes(watermark)) return [];
  const isPublished = published.some((one) => one.region === region && one.ami === id);
  return isPublished ? [] : [{ do: 'unmark', region, image, watermark }];
}

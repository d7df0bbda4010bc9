import { copyTag } from '../distribute/place.ts';
import type { Thing } from './things.ts';

/** What becomes of an AMI of a build that is undone. `promoted`: servers still boot from it. */
export type Fate = 'goes' | 'stays' | 'promoted' | 'kept';

/** Of two copies that raced, one is kept. */
export const oneOfRacing = (images: { image: Thing; fate: Fate }[]): { image: Thing; fate: Fate }[] =>
  images.map(({ image, fate }) => {
    const isFirst = ({ id, tags }: Thing) => id < image.id && tags[copyTag] === image.tags[copyTag];
    const isSecond = fate === 'kept' && images.some((one) => one.fate === 'kept' && isFirst(one.image));
    return { image, fate: isSecond ? 'goes' : fate };
  });

import type { Manifest } from '../../build/manifest.ts';
import { placeName } from '../../distribute/place.ts';
import { pageObject } from '../../memory/documents.ts';
import type { BuildIdentity } from '../../tags.ts';
import { saying, verdictOf, type Verdict } from './verdict.ts';

/** The build of a variant on the page of the build of all. */
export interface VariantOnPage extends BuildIdentity {
  verdict: Verdict;
  says: string;
  /** Its images: place and AMI. */
  images: string[];
  /** Its own page, from the page of the build of all. A build that made nothing has none. */
  href?: string;
}

/** Both pages are in the folder of their build. */
const hrefTo = (build: BuildIdentity): string => pageObject.key(build).replace(/^builds/, '../..');

export const variantsOnPage = (variants: Manifest[]): VariantOnPage[] =>
  variants.map((manifest) => {
    const { recipe, build, targets, image } = manifest;
    const verdict = verdictOf(manifest);
    const kept = image ? `Up to date: ${image.name}` : 'Up to date';
    const published = targets.filter(({ status }) => status === 'published');
    return {
      recipe,
      build,
      verdict,
      says: verdict === 'up-to-date' ? kept : saying(manifest, verdict),
      images: published.map(({ ami, ...place }) => `${placeName(place)} ${ami}`),
      ...(verdict !== 'up-to-date' && { href: hrefTo({ recipe, build }) }),
    };
  });

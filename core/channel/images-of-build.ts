import { onlyAccountPlace } from '../accounts/account-copies.ts';
import type { Manifest } from '../build/manifest.ts';
import { targetsOf } from './candidates.ts';
import type { ImageOfBuild } from './revocation.ts';
import { copiesOfManifest } from './moved-beside.ts';

/** Every published AMI of a build: the pipeline's own ones, and the copies in other accounts. */
export const imagesOfBuild = (manifest: Manifest | undefined): ImageOfBuild[] => [
  ...targetsOf({ manifest }).map(({ region, ami }) => ({ region, ami: ami ?? '' })),
  ...copiesOfManifest(manifest).map(({ ami, ...at }) => ({ ...onlyAccountPlace(at), ami })),
];

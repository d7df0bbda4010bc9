import { systemOfUserData } from '../guest/first-boot.ts';
import { foreignSteps } from '../guest/steps/applicable-steps.ts';
import { stopsForSysprep } from '../guest/command.ts';
import { isSamePlace } from '../distribute/place.ts';
import type { Recipe } from '../recipe/types.ts';
import type { Problem } from '../recipe/recipe.ts';
import { notOnWindows } from '../recipe/builder/spot-rules.ts';
import { sourceSizeProblems } from '../recipe/image/device-rules.ts';
import { unregistrable } from '../launch/registrable.ts';
import type { SourceImage } from '../launch/source.ts';

/** Problems of a recipe that show only once its source image and the pipeline's region are known. */
export function sourceProblems(
  recipe: Recipe,
  source: SourceImage,
  region: string,
  scripts: Record<string, string> = {},
): Problem[] {
  const problems: Problem[] = [];
  if (source.ebsRoot === false) {
    const message = `the root of ${source.ami} "${source.name}" is an instance store: a bundle in S3. Its instances cannot stop, and CreateImage makes no image of them; take an image of the same system with an EBS root, or move the system to an EBS volume and register its snapshot (golden register)`;
    problems.push({ path: ['source'], message });
  }
  if (source.windows && recipe.builder.installAgent) {
    const message = `is for Linux; AWS's images of Windows such as ${source.ami} have the SSM agent`;
    problems.push({ path: ['builder', 'installAgent'], message });
  }
  if (source.windows && recipe.builder.spot) problems.push({ path: ['builder', 'spot'], message: notOnWindows });
  const lost = recipe.image.register ? unregistrable(source) : undefined;
  if (lost !== undefined) problems.push({ path: ['image', 'register'], message: lost });
  const os = source.windows ? 'Windows' : 'Linux';
  const { userData, userDataFile } = recipe.builder;
  const meant = userData === undefined ? undefined : systemOfUserData(userData);
  if (meant !== undefined && meant !== os)
    problems.push({
      path: ['builder', userDataFile === undefined ? 'userData' : 'userDataFile'],
      message: `is for ${meant}, and the source image ${source.ami} is ${os}`,
    });
  for (const list of ['provision', 'checks'] as const) {
    for (const { index, kind } of foreignSteps(recipe[list], source, scripts)) {
      problems.push({
        path: [list, index, kind],
        message: `the source image ${source.ami} is ${os}, which cannot run this step`,
      });
    }
  }
  if (source.windows && recipe.image.capture === 'running')
    problems.push({ path: ['image', 'capture'], message: stopsForSysprep });
  const { rootVolume } = recipe.builder;
  if (rootVolume.sizeGiB !== undefined && rootVolume.sizeGiB < source.rootSizeGiB) {
    const message = `${rootVolume.sizeGiB} GiB is smaller than the source image's root disk of ${source.rootSizeGiB} GiB`;
    problems.push({ path: ['builder', 'rootVolume', 'sizeGiB'], message });
  }
  problems.push(...sourceSizeProblems(recipe, source.rootSizeGiB), ...deviceProblems(recipe, source));
  recipe.builder.volumes.forEach(({ device }, index) => {
    if (device !== source.rootDevice) return;
    problems.push({
      path: ['builder', 'volumes', index, 'device'],
      message: `${device} is the source image's root device`,
    });
  });
  const volumes = [rootVolume, ...recipe.builder.volumes];
  recipe.distribute.forEach(({ kmsKey, ...target }, index) => {
    if (!isSamePlace(target, { region }) || !kmsKey) return;
    const other = volumes.findIndex((volume) => volume.kmsKey !== undefined && volume.kmsKey !== kmsKey);
    if (other < 0) return;
    const place = other === 0 ? 'builder.rootVolume' : `builder.volumes[${other - 1}]`;
    const message = `the image is made in ${region} under ${place}.kmsKey ${volumes[other]?.kmsKey}; name the same key or leave one of them out`;
    problems.push({ path: ['distribute', index, 'kmsKey'], message });
  });
  return problems;
}

/** Devices of `image.volumes` that neither the recipe nor the source image has, and those of the root. */
function deviceProblems({ builder, image }: Recipe, source: SourceImage): Problem[] {
  const volumes = [...builder.volumes, ...(source.disks ?? []).filter(({ device }) => device !== source.rootDevice)];
  const known = [...new Set(volumes.map(({ device }) => device))];
  return (image.volumes ?? []).flatMap(({ device, ephemeral }, index): Problem[] => {
    const problem = (message: string) => [{ path: ['image', 'volumes', index, 'device'], message }];
    if (device === source.rootDevice)
      return problem(`${device} is the source image's root device; describe that under image.rootVolume`);
    if (ephemeral !== undefined) return known.includes(device) ? problem(`${device} has a volume of the source`) : [];
    if (known.includes(device)) return [];
    const has = known.length > 0 ? `only ${known.join(', ')}` : 'no volume beside its root';
    return problem(`the builder has no volume ${device}; it has ${has}`);
  });
}

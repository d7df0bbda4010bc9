import { everyDisk } from '../launch/disks.ts';
import type { Recipe } from '../recipe/types.ts';
import type { Problem } from '../recipe/recipe.ts';
import type { SourceImage } from '../launch/source.ts';
import type { InstanceTypeFacts } from '../launch/instance-type-facts.ts';
import type { Facts } from './facts.ts';

/**
 * Why an instance type cannot start an image, in words. EC2 refuses RunInstances for each of these reasons.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ami-boot.html has the boot modes.
 */
function unfit(type: InstanceTypeFacts, source: SourceImage): string | undefined {
  const { architectures, bootModes, virtualization } = type;
  if (!architectures.includes(source.architecture))
    return `is ${architectures.join(' or ')}, but the source ${source.ami} is ${source.architecture}`;
  if (source.virtualization && !virtualization.includes(source.virtualization))
    return `takes ${virtualization.join(' or ')} images, but the source ${source.ami} is ${source.virtualization}`;
  if ((source.bootMode === 'uefi' || source.bootMode === 'legacy-bios') && !bootModes.includes(source.bootMode))
    return `boots by ${bootModes.join(' or ')}, but the source ${source.ami} boots by ${source.bootMode} only`;
  if (source.tpm && !type.tpm) return `has no NitroTPM, but the source ${source.ami} needs one`;
  if (source.ena === false && type.needsEna)
    return `needs an image with the ENA driver, and the source ${source.ami} is registered without one`;
  return undefined;
}

/** Instance types that the region does not have or that cannot start the source image. */
export function instanceTypeProblems(document: Recipe, { region, instanceTypes, source }: Facts): Problem[] {
  const { found } = instanceTypes;
  if (!found) return [];
  const { builder } = document;
  const volumes = source ? everyDisk({ document, region, source }).length : builder.volumes.length + 1;
  const unfitting = builder.instanceTypes.flatMap((instanceType, index) => {
    const type = found.find((one) => one.instanceType === instanceType);
    const wrong = type ? source && unfit(type, source) : `does not exist in ${region}`;
    if (wrong === undefined) return [];
    const message = `${instanceType} ${wrong}; name a type that ${type ? 'fits the source' : 'the region has'}`;
    return [{ path: ['builder', 'instanceTypes', index], message }];
  });
  return [...unfitting, ...tooManyVolumes(volumes, found)];
}

/** Types that cannot have so many volumes. EC2 refuses such a launch with AttachmentLimitExceeded. */
function tooManyVolumes(count: number, types: InstanceTypeFacts[]): Problem[] {
  const small = types.filter(({ volumes = Infinity }) => volumes < count);
  if (small.length === 0) return [];
  const limits = small.map(({ instanceType, volumes }) => `${instanceType} takes ${volumes}`).join(', ');
  const message = `the builder would have ${count} volumes, its root and those of the source included, but ${limits}; name fewer volumes or other instance types`;
  return [{ path: ['builder', 'volumes'], message }];
}

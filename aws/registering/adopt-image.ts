import type { Plan } from '../../core/build/plan.ts';
import { firstImageName } from '../../core/distribute/image-name.ts';
import { Failure } from '../../core/errors.ts';
import { madeBy } from '../../core/tags.ts';
import { findOwnImages } from '../images/own-images.ts';
import type { Connection } from '../connection.ts';

/**
 * The image of a build that is there already. CreateImage and RegisterImage have no idempotency token, so the name acts as one. An
 * AMI of that name is ours only with this build's tags.
 * @throws TwinFound
 */
export async function adoptImage(aws: Connection, plan: Plan): Promise<string | undefined> {
  const name = firstImageName(plan);
  const [first, ...others] = await findOwnImages(aws, aws.region, name);
  if (!first) return undefined;
  const strangers = [first, ...others].filter(({ tags }) => !madeBy(plan, tags));
  if (others.length === 0 && strangers.length === 0) return first.ami;
  const ids = [first, ...others].map(({ ami }) => ami).join(', ');
  throw new Failure(
    'TwinFound',
    `the name ${name} in ${aws.region} is taken by ${ids}, not (only) by this build; look at their tags before deregistering any`,
  );
}

/** The name is taken, so the image is there, and EC2 does not show it yet. */
export const unseenImage = ({ region }: Connection, plan: Plan): Failure =>
  new Failure(
    'AwsTransient',
    `EC2 in ${region} says the name ${firstImageName(plan)} is taken but shows no such AMI yet`,
  );

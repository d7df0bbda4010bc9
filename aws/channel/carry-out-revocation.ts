import { Failure } from '../../core/errors.ts';
import {
  isToBeDisabled,
  settledRevocation,
  turnedBack,
  type Revocation,
  type RevokedBuild,
  type RevokedImage,
} from '../../core/channel/revocation.ts';
import { imageRequests, permissionChange } from '../../core/distribute/permissions.ts';
import { describeAnyImage, disableImage, enableImage } from '../images/disabling.ts';
import { changeLaunch, launchUsers } from '../images/image-attributes.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { readVersioned, replace } from '../memory/documents.ts';
import { holdingChannels } from './holding-channels.ts';

/** What these functions call. */
export const revokePermissions = [
  's3:GetObject',
  's3:PutObject',
  'ec2:DescribeImageAttribute',
  'ec2:DescribeImages',
  'ec2:DisableImage',
  'ec2:EnableImage',
  'ec2:ModifyImageAttribute',
];

type Asked = Pick<Revocation, 'execution' | 'who' | 'at' | 'why' | 'together'>;
const again = (what: string): Failure => new Failure('AwsTransient', `${what}; look again`);

/** An AMI with its permissions. A disabled AMI has none any more, so those that an earlier revoke saved count. */
async function observed(
  { aws }: Artifacts,
  { region, ami }: { region: string; ami: string },
  saved: RevokedImage[] = [],
): Promise<RevokedImage[]> {
  const image = await describeAnyImage(aws, region, ami);
  if (!image) return [];
  const before = saved.find((one) => one.region === region && one.ami === ami);
  const users = image.state === 'disabled' ? (before?.users ?? []) : await launchUsers(aws, region, ami);
  return [{ region, ami, users }];
}

/** @throws MoveRefused if a channel holds a build that is about to be revoked, because it was moved there meanwhile. */
async function refuseIfHeld(artifacts: Artifacts, { recipe, build }: RevokedBuild, channelRoot: string): Promise<void> {
  const held = await holdingChannels(artifacts, { recipe, build }, channelRoot);
  if (held.length === 0) return;
  const names = held.map(({ parameter }) => parameter).join(', ');
  throw new Failure('MoveRefused', `${names} was moved to ${build} since the revoke was decided; revoke again`);
}

/** Brings every AMI of a revoke to where its document says, and then settles the document. */
async function carryOut(
  artifacts: Artifacts,
  about: { recipe: string; build: string },
  revocation: Revocation,
  version: string,
): Promise<void> {
  const { aws } = artifacts;
  for (const { region, ami, users } of revocation.images) {
    const image = await describeAnyImage(aws, region, ami);
    if (!image) continue;
    if (isToBeDisabled(revocation)) {
      if (image.state !== 'disabled') await disableImage(aws, region, ami);
      continue;
    }
    if (image.state === 'disabled') await enableImage(aws, region, ami);
    const now = await describeAnyImage(aws, region, ami);
    if (now?.state !== 'available')
      throw again(`${ami} in ${region} is ${now?.state ?? 'not shown'} after EnableImage`);
    const change = permissionChange(users, await launchUsers(aws, region, ami), image.owner);
    for (const request of imageRequests(change)) await changeLaunch(aws, region, ami, request);
  }
  if (!(await replace(artifacts, about, 'revocation', settledRevocation(revocation), { version })))
    throw again(`another execution changed the revocation of ${about.build}`);
}

/** Writes down what is underway, and carries it out. Safe to repeat. */
async function change(
  artifacts: Artifacts,
  { recipe, build }: RevokedBuild,
  decide: (found: Revocation | undefined) => Promise<Revocation | undefined>,
  judge: () => Promise<void> = async () => undefined,
): Promise<void> {
  const about = { recipe, build };
  const found = await readVersioned(artifacts, about, 'revocation');
  const wanted = await decide(found?.content);
  if (!wanted) return;
  if (wanted !== found?.content && !(await replace(artifacts, about, 'revocation', wanted, found ?? 'nothing')))
    throw again(`another execution changed the revocation of ${build}`);
  const written = await readVersioned(artifacts, about, 'revocation');
  if (!written || written.content.execution !== wanted.execution) throw again(`the revocation of ${build} is not ours`);
  // From now on no channel moves to the build: see moveOnce. A move that had begun before shows here.
  await judge();
  await carryOut(artifacts, about, written.content, written.version);
}

/** Disables a build's AMIs in every region. Their launch permissions are saved first. */
export const revokeBuild = (
  artifacts: Artifacts,
  build: RevokedBuild,
  asked: Asked,
  channelRoot: string,
): Promise<void> =>
  change(
    artifacts,
    build,
    async (found) => {
      if (found?.execution === asked.execution) return found.state === 'revoking' ? found : undefined;
      const images = await Promise.all(build.images.map((one) => observed(artifacts, one, found?.images)));
      return { schema: 1, state: 'revoking', ...asked, images: images.flat() };
    },
    () => refuseIfHeld(artifacts, build, channelRoot),
  );

/** Enables a build's AMIs again, with the launch permissions that they had. */
export const restoreBuild = (artifacts: Artifacts, build: RevokedBuild, asked: Asked): Promise<void> =>
  change(artifacts, build, async (found) => {
    if (!found || found.state === 'restored') return undefined;
    if (found.execution === asked.execution) return found.state === 'restoring' ? found : undefined;
    const { undoes: _, ...before } = found;
    return { ...before, execution: asked.execution, restoredBy: asked.who, state: 'restoring' };
  });

/** Takes back what a failed execution had begun to revoke or to restore. @returns what AWS refused of that. */
export async function turnBack(artifacts: Artifacts, build: RevokedBuild, execution: string): Promise<string[]> {
  try {
    await change(artifacts, build, async (found) => turnedBack(found, execution));
    return [];
  } catch (error) {
    if (!(error instanceof Failure) || error.name === 'AwsTransient') throw error;
    return [`the images of ${build.recipe}-${build.build}: ${error.message}`];
  }
}

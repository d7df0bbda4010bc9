import { DescribeRegionsCommand, EC2Client } from '@aws-sdk/client-ec2';
import type { DeploymentSettings } from '../../core/deployment/deployment-settings.ts';
import { Failure } from '../../core/errors.ts';
import type { Estate } from '../../core/sweep/estate.ts';
import { idInRegion } from '../../core/undo/things.ts';
import { ask } from '../errors.ts';
import type { Connection } from '../connection.ts';
import { findAllOwnImages } from '../images/own-images.ts';
import { readParametersBelow } from '../parameters.ts';
import { findTaggedInstances, findTaggedSnapshots, findTaggedVolumes, imageThing } from '../tagged.ts';
import { findImports } from './imports.ts';

/** The actions that takeInventory calls. */
export const inventoryPermissions = [
  'ec2:DescribeImages',
  'ec2:DescribeImportSnapshotTasks',
  'ec2:DescribeInstances',
  'ec2:DescribeRegions',
  'ec2:DescribeSnapshots',
  'ec2:DescribeVolumes',
  'ssm:GetParametersByPath',
];

interface Inventory extends Pick<Estate, 'things' | 'channels'> {
  regions: string[];
  /** Regions that could not be looked at and that nobody uses. */
  notLooked: { region: string; reason: string }[];
}

/** Regions that are enabled for the account. */
export async function enabledRegions(aws: Connection): Promise<string[]> {
  const answer = await ask({ action: 'ec2:DescribeRegions', region: aws.region }, () =>
    aws.client(EC2Client).send(new DescribeRegionsCommand({})),
  );
  return (answer.Regions ?? []).flatMap(({ RegionName }) => RegionName ?? []);
}

async function lookAt(
  aws: Connection,
  region: string,
  account: string,
  channelRoot: string,
): Promise<Pick<Estate, 'things' | 'channels'>> {
  const [instances, volumes, snapshots, images, imports] = await Promise.all([
    findTaggedInstances(aws, region),
    findTaggedVolumes(aws, region, account),
    findTaggedSnapshots(aws, region),
    findAllOwnImages(aws, region),
    region === aws.region ? findImports(aws, account) : [],
  ]);
  const all = images.map(imageThing);
  const tagged = all.some(({ tags }) => tags['golden:build'] !== undefined);
  const channels = tagged ? await readParametersBelow(aws, region, channelRoot) : [];
  return {
    things: [...instances, ...volumes, ...imports, ...snapshots, ...all],
    channels: new Map(channels.map(({ name, value }) => [idInRegion(region, value), name])),
  };
}

/**
 * Everything that carries our tags, and every AMI of the account, in all regions that are enabled or in use: a recipe may have
 * named other regions before. An incomplete inventory is an error, because unknown things cannot be spared.
 * @param used Regions that must be looked at.
 * @throws SweepFailed, AwsTransient if one of them cannot be.
 */
export async function takeInventory(
  { aws, settings }: { aws: Connection; settings: Pick<DeploymentSettings, 'channelRoot'> },
  account: string,
  used: string[],
): Promise<Inventory> {
  const regions = [...new Set([...used, ...(await enabledRegions(aws))])].toSorted();
  const seen: (Pick<Estate, 'things' | 'channels'> & { region: string })[] = [];
  const unseen: { region: string; error: Failure }[] = [];
  await Promise.all(
    regions.map(async (region) => {
      try {
        seen.push({ region, ...(await lookAt(aws, region, account, settings.channelRoot)) });
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        unseen.push({ region, error });
      }
    }),
  );
  const needed = unseen.filter(({ region }) => used.includes(region));
  if (needed.length > 0) {
    const name = needed.every(({ error }) => error.name === 'AwsTransient') ? 'AwsTransient' : 'SweepFailed';
    const answers = needed.map(({ error }) => error.message).join('\n');
    throw new Failure(name, `nothing was removed, since not everything could be looked at:\n${answers}`);
  }
  return {
    things: seen.flatMap(({ things }) => things),
    channels: new Map(seen.flatMap(({ channels }) => [...channels])),
    regions: seen.map(({ region }) => region).toSorted(),
    notLooked: unseen.map(({ region, error }) => ({ region, reason: error.message })),
  };
}

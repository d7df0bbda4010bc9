import { Failure } from '../../core/errors.ts';
import { heldBy, together, removalOf, type RemovalAnswer, type Removal } from '../../core/undo/removal.ts';
import type { Thing } from '../../core/undo/things.ts';
import type { UndoAction } from '../../core/undo/undo.ts';
import type { Connection } from '../connection.ts';
import { writeExpiry } from '../images/expiry.ts';
import { revokeLaunch } from '../images/image-attributes.ts';
import { detachWatermark } from '../images/watermarks.ts';
import { deregisterImage } from '../images/image-making.ts';
import { deleteSnapshot, revokeVolumes } from '../images/snapshots.ts';
import { terminateInstances } from '../instances/instances.ts';
import { deleteVolume } from '../instances/volumes.ts';
import { restoreParameter } from '../channels.ts';

/** The actions that removeThing calls, except for an import. */
export const removalPermissions = [
  'ec2:DeleteSnapshot',
  'ec2:DeleteVolume',
  'ec2:DeregisterImage',
  'ec2:TerminateInstances',
];

/** The looks at imports, and what removeThing calls for one. */
export const importPermissions = ['ec2:CancelImportTask', 'ec2:CreateTags', 'ec2:DescribeImportSnapshotTasks'];

/** What carryOut calls in order to keep images. */
export const keepingPermissions = [
  'ec2:DetachImageWatermark',
  'ec2:CreateTags',
  'ec2:DescribeImageAttribute',
  'ec2:DescribeSnapshotAttribute',
  'ec2:ResetImageAttribute',
  'ec2:ResetSnapshotAttribute',
];

/** What carryOut calls in order to restore a channel and launch templates. */
const restoringPermissions = [
  'ec2:DeleteLaunchTemplateVersions',
  'ec2:DescribeImages',
  'ec2:ModifyLaunchTemplate',
  'ssm:DeleteParameter',
  'ssm:PutParameter',
];

/** What restoring a channel calls, with the looks at what it holds. */
export const takingBackPermissions = [
  ...restoringPermissions,
  'ec2:DescribeLaunchTemplates',
  'ec2:DescribeLaunchTemplateVersions',
  'ssm:GetParameter',
];

/** What the undoing in other accounts calls in the pipeline's own. All else it does by the role of the other account. */
export const accountUndoPermissions = [
  'sts:AssumeRole',
  'kms:ListRetirableGrants',
  'kms:RevokeGrant',
  'ec2:ModifyImageAttribute',
  'ec2:ModifySnapshotAttribute',
];

/** @returns false if an AMI still needs it. A thing that is already gone is no error. */
export async function removeThing(
  aws: Connection,
  { kind, id, region }: Pick<Thing, 'kind' | 'id' | 'region'>,
): Promise<boolean> {
  if (kind === 'snapshot') return deleteSnapshot(aws, region, id);
  // Loaded here: few recipes import their disk.
  if (kind === 'import') await (await import('./imports.ts')).removeImport(aws, region, id);
  if (kind === 'instance') await terminateInstances(aws, [id], region);
  if (kind === 'volume') await deleteVolume(aws, id, region);
  if (kind === 'image') await deregisterImage(aws, region, id);
  return true;
}

async function carry(aws: Connection, action: UndoAction): Promise<RemovalAnswer> {
  const { region } = action;
  if (action.do === 'wait' || action.do === 'leave') return 'nothing';
  if (action.do === 'restore') {
    const { parameter, ami } = action;
    await restoreParameter(aws, region, parameter, ami, 'the build that moved it did not complete');
    return 'done';
  }
  if (action.do === 'unmark') {
    await detachWatermark(aws, region, action.image.id, action.watermark);
    return 'done';
  }
  if (action.do === 'default' || action.do === 'unversion') {
    // Loaded here: few recipes have launch templates.
    const { setDefaultVersion, deleteTemplateVersion } = await import('../instances/launch-templates.ts');
    const change = action.do === 'default' ? setDefaultVersion : deleteTemplateVersion;
    await change(aws, region, action.template, action.version);
    return 'done';
  }
  if (action.do === 'revoke') {
    const revoke = action.kind === 'image' ? revokeLaunch : revokeVolumes;
    return (await revoke(aws, region, action.id)) ? 'done' : 'nothing';
  }
  if (action.do === 'keep') {
    if (action.untagged.length > 0) await writeExpiry(aws, region, action.untagged, action.until);
    return 'done';
  }
  return (await removeThing(aws, action.thing)) ? 'done' : 'not yet';
}

/**
 * Carries actions out, in order within each region. A refusal by AWS does not stop the others, but things that can only go after
 * the refused one stay as well. If AWS has no time for an action, the region's other actions wait for the next look.
 */
export async function carryOut(aws: Connection, actions: UndoAction[]): Promise<Removal> {
  const answers = new Map<UndoAction, RemovalAnswer>();
  const inRegion = async (region: string) => {
    const staying = new Set<string>();
    let busy: RemovalAnswer | undefined;
    for (const action of actions.filter((one) => one.region === region)) {
      const idle = action.do === 'wait' || action.do === 'leave';
      const held = (idle ? undefined : busy) ?? heldBy(action, staying);
      const answer = held ?? (await asAnswer(() => carry(aws, action)));
      if (typeof answer === 'object' && 'refused' in answer && 'thing' in action) staying.add(action.thing.id);
      if (typeof answer === 'object' && 'busy' in answer) busy = answer;
      answers.set(action, answer);
    }
  };
  await Promise.all([...new Set(actions.map(({ region }) => region))].map(inRegion));
  return together(actions.map((action) => removalOf(action, answers.get(action) ?? 'nothing')));
}

async function asAnswer(work: () => Promise<RemovalAnswer>): Promise<RemovalAnswer> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return error.name === 'AwsTransient' ? { busy: error.message } : { refused: error.message };
  }
}

import { onlyImage } from '../../core/channel/revocation.ts';
import { lastingFailure } from '../../core/errors.ts';
import type { RetireReport, RetireRow } from '../../core/retire/retire-report.ts';
import type { AmiEnd } from '../../core/retire/retirement.ts';
import {
  deprecationAheadMs,
  isBeingDeprecated,
  isWantedBack,
  presentAmis,
  type RetiringAmi,
} from '../../core/retire/retiring.ts';
import { revokeBuild, revokePermissions, turnBack } from '../channel/carry-out-revocation.ts';
import { holdingChannels } from '../channel/holding-channels.ts';
import { describeAnyImage } from '../images/disabling.ts';
import { deprecateImage } from '../images/lifecycle.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { readDocument } from '../memory/documents.ts';
import { reachImages } from '../accounts/reach-images.ts';
import { claimDeregistration, deregisterAmi, deregisteringPermissions } from './deregistration.ts';

/** What takeStep calls. */
export const stepPermissions = [
  ...new Set([
    ...revokePermissions,
    ...deregisteringPermissions,
    'ec2:EnableImageDeprecation',
    'ssm:GetParameter',
    'states:DescribeExecution',
  ]),
];

/** A step that a run decided on, and the run. */
interface Taking {
  row: RetireRow;
  run: Pick<RetireReport, 'execution' | 'who' | 'verb'>;
  root: string;
  now: Date;
}

/** Does the work for each AMI. The failure of one hides no other. @throws AwsTransient if AWS has no time: all of it is repeated. */
async function forEach(amis: RetiringAmi[], work: (ami: RetiringAmi) => Promise<AmiEnd>): Promise<AmiEnd[]> {
  return Promise.all(
    amis.map(async (one): Promise<AmiEnd> => {
      try {
        return await work(one);
      } catch (error) {
        return { ...onlyImage(one), notes: [], error: lastingFailure(error).message };
      }
    }),
  );
}

const deprecate = (artifacts: Artifacts, { row, run, now }: Taking): Promise<AmiEnd[]> => {
  const reach = reachImages(artifacts, row, { verb: 'retire', who: run.who }, 'retire');
  return forEach(presentAmis(row), async (one) => {
    const aws = await reach(one);
    const image = await describeAnyImage(aws, one.region, one.ami);
    if (image?.state === 'available' && !isBeingDeprecated(image, now))
      await deprecateImage(aws, one.region, one.ami, new Date(now.getTime() + deprecationAheadMs));
    return { ...onlyImage(one), notes: [] };
  });
};

/** Disables a build's AMIs like a revoke: permissions are saved first, and no channel moves to the build from then on. */
async function disable(artifacts: Artifacts, { row, run, root, now }: Taking): Promise<AmiEnd[]> {
  const { recipe, build, reason } = row;
  const amis = presentAmis(row);
  const images = amis.map(onlyImage);
  const asked = { execution: run.execution, who: run.who, at: now.toISOString(), why: reason, retired: true as const };
  try {
    await revokeBuild(artifacts, { recipe, build, images }, asked, root);
    return amis.map((one) => ({ ...onlyImage(one), notes: [] }));
  } catch (error) {
    const { message } = lastingFailure(error);
    const notes = await turnBack(artifacts, [{ recipe, build, images }], run.execution);
    return amis.map((one) => ({ ...onlyImage(one), notes, error: message }));
  }
}

async function deregister(artifacts: Artifacts, taking: Taking): Promise<AmiEnd[]> {
  const { row, run } = taking;
  const amis = presentAmis(row);
  const revocation = await readDocument(artifacts, row, 'revocation');
  if (revocation?.state !== 'revoked') {
    // The disabled image is what keeps channels from moving to it while it goes.
    const ends = await disable(artifacts, taking);
    if (ends.some(({ error }) => error !== undefined)) return ends;
  }
  if (!(await claimDeregistration(artifacts, row, run.execution, true)))
    return amis.map((one) => ({ ...onlyImage(one), notes: [], error: 'somebody restores the image' }));
  const reach = reachImages(artifacts, row, { verb: 'deregister', who: run.who }, 'retire');
  const remove = async (one: RetiringAmi) => deregisterAmi(await reach(one), one, row);
  const own = amis.filter(({ account }) => account === undefined);
  // Later runs find a build by its own AMIs, so these go last.
  const ends = await forEach(
    amis.filter(({ account }) => account !== undefined),
    remove,
  );
  const waits = { notes: [], error: 'it stays until the copies of its build in other accounts are gone' };
  const isStuck = ends.some(({ error }) => error !== undefined);
  ends.push(...(isStuck ? own.map((one) => ({ ...onlyImage(one), ...waits })) : await forEach(own, remove)));
  const shown = await Promise.all(own.map(({ region, ami }) => describeAnyImage(artifacts.aws, region, ami)));
  if (shown.every((image) => image !== undefined)) await claimDeregistration(artifacts, row, run.execution, false);
  return ends;
}

/** Takes one step with all AMIs of a build. Safe to repeat. @throws AwsTransient while a channel of the recipe is being moved. */
export async function takeStep(artifacts: Artifacts, taking: Taking): Promise<AmiEnd[]> {
  const { row, run, root } = taking;
  const held = await holdingChannels(artifacts, row, root);
  if (held.length > 0) {
    const names = held.map(({ parameter }) => parameter).join(', ');
    return presentAmis(row).map((one) => ({
      ...onlyImage(one),
      notes: [],
      error: `${names} was moved to it since the look`,
    }));
  }
  const revocation = await readDocument(artifacts, row, 'revocation');
  if (isWantedBack(revocation) && run.verb === 'retire')
    return presentAmis(row).map((one) => ({
      ...onlyImage(one),
      notes: [],
      error: 'somebody restored it since the look',
    }));
  const work = { deprecate, disable, deregister };
  return row.step === null ? [] : work[row.step](artifacts, taking);
}

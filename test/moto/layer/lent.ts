import { ec2Error, mapItems, motoAccount, textOf, textsOf, type HttpAnswer } from '../wire.ts';
import { answerOf, snapshotsOf, type Ec2Call } from './ec2-call.ts';
import { granteesOf, withKeys } from './keys.ts';

/*
 * The pipeline's images as another account sees them. moto's accounts do not see each other's images. On AWS, an account sees an AMI that
 * it may launch, and snapshots that it may make volumes of: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/sharingamis-explicit.html
 */

/** The description of an AMI of the pipeline, as moto has it. Undefined unless the caller's account may launch the AMI. */
export async function lentImage({ ask, account, region }: Ec2Call, ami: string): Promise<string | undefined> {
  if (account === motoAccount) return undefined;
  const of = { Action: 'DescribeImageAttribute', Attribute: 'launchPermission', ImageId: ami };
  const users = textsOf(await ask(of, region, motoAccount).catch(() => ''), 'userId');
  return users.includes(account) ? ask({ Action: 'DescribeImages', 'ImageId.1': ami }, region, motoAccount) : undefined;
}

const mayRead = async ({ ask, account, region }: Ec2Call, SnapshotId: string): Promise<boolean> => {
  const of = { Action: 'DescribeSnapshotAttribute', Attribute: 'createVolumePermission', SnapshotId };
  return textsOf(await ask(of, region, motoAccount).catch(() => ''), 'userId').includes(account);
};

/** Snapshots of the pipeline that a caller of another account asks for. */
export async function describeLentSnapshots(call: Ec2Call): Promise<HttpAnswer> {
  const found = await call.ask(Object.fromEntries(call.form), call.region, motoAccount);
  const ids = textsOf(found, 'snapshotId');
  const readable = await Promise.all(ids.map((id) => mayRead(call, id)));
  const shown = new Set(ids.filter((_, index) => readable[index]));
  const body = mapItems(withKeys(found), 'snapshotSet', (item) =>
    shown.has(textOf(item, 'snapshotId') ?? '') ? item : '',
  );
  return answerOf('DescribeSnapshots', /<snapshotSet>[^]*<\/snapshotSet>/.exec(body)?.[0] ?? '<snapshotSet/>');
}

/**
 * Whether the caller may copy an AMI that it was lent: it must also read each snapshot, and use the key of each.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/how-ami-copy-works.html
 */
export async function refuseCopy(call: Ec2Call, ami: string): Promise<HttpAnswer | undefined> {
  const { port, region, role = '' } = call;
  const owner: Ec2Call = { ...call, ask: (asked, at) => call.ask(asked, at, motoAccount) };
  for (const snapshot of await snapshotsOf(owner, ami)) {
    const described = withKeys(await owner.ask({ Action: 'DescribeSnapshots', 'SnapshotId.1': snapshot }));
    const key = textOf(described, 'kmsKeyId');
    const usable = !key || (await granteesOf(port, region, key, 'ReEncryptFrom')).includes(role);
    if (!usable || !(await mayRead(call, snapshot)))
      return ec2Error('InvalidRequest', `You do not have permission to access the storage of this ami: ${snapshot}`);
  }
  return undefined;
}

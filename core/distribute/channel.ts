/** SSM parameter that a channel is: one in every target region, holding the AMI id of that region. `root` is the deployment's. */
export const channelParameter = (root: string, recipe: string, channel: string): string =>
  `${root}/${recipe}/${channel}`;

/** The parameter of a channel reference `<recipe>/<channel>` as a recipe's source names it. */
export const channelReferenceParameter = (root: string, reference: string): string => `${root}/${reference}`;

/** What a channel held in one region before a build wrote it; `ami` is absent where there was no such parameter. */
export interface ChannelValue {
  region: string;
  ami?: string;
}

/**
 * Kept in the bucket before the first write, so that a half-done publish can be taken back after any crash. Once it is
 * complete the image is published, whatever happens to the execution. `parameter` is empty for a recipe without a channel.
 */
export interface ChannelLedger {
  parameter: string;
  before: ChannelValue[];
  after: { region: string; ami: string; snapshots?: string[] | undefined }[];
  complete: boolean;
  /** A clean-up takes the publish back. It is there so that whoever read the ledger before can no longer complete it. */
  takenBack?: true;
}

/** The ledger of a publish that nothing has become of. */
export const takenBack = (known: ChannelLedger | undefined): ChannelLedger => ({
  ...(known ?? { parameter: '', before: [], after: [], complete: false }),
  takenBack: true,
});

/**
 * What is to be written down before a channel is written. A region that holds none of this build's AMIs holds what belongs
 * there, also where an earlier publish of the build was taken back: that may be long ago, and its copies may be others.
 */
export function ledgerOf(
  known: ChannelLedger | undefined,
  parameter: string,
  now: ChannelValue[],
  after: ChannelLedger['after'],
): ChannelLedger {
  const before = now.map((value) => {
    const ours = [...(known?.after ?? []), ...after].some(
      ({ region, ami }) => region === value.region && ami === value.ami,
    );
    return (ours && known?.before.find(({ region }) => region === value.region)) || value;
  });
  return { parameter, before, after, complete: false };
}

/** Which regions still hold this build's AMI although the publish did not complete, and what belongs there instead. */
export function toRestore(ledger: ChannelLedger, now: ChannelValue[]): ChannelValue[] {
  if (ledger.complete) return [];
  return ledger.before.filter(({ region, ami }) => {
    const ours = ledger.after.find((value) => value.region === region)?.ami;
    const current = now.find((value) => value.region === region)?.ami;
    return current === ours && current !== ami;
  });
}

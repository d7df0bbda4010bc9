import type { ChannelRecord, Move } from './channel-record.ts';
import { happened } from './channel-record.ts';

/** Why content is not built and published again automatically: somebody took it back from its channel. */
interface HeldContent {
  verb: 'rollback' | 'revoke';
  build: string;
  who: string;
  at: string;
  why?: string | undefined;
}

const takenBackBy = ({ verb, from, who, at, why }: Move, digest: string): HeldContent | undefined =>
  (verb === 'rollback' || verb === 'revoke') && from?.digest === digest
    ? { verb, build: from.build, who, at, ...(why !== undefined && { why }) }
    : undefined;

/**
 * Finds the move that took content back from a channel. A rollback holds until other content is published, or somebody promotes a
 * build to the channel.
 */
export function heldContent(record: ChannelRecord | undefined, digest: string): HeldContent | undefined {
  const moves = (record?.moves ?? []).filter(happened);
  const since = moves.findLastIndex(({ verb }) => verb === 'publish' || verb === 'promote');
  return moves
    .slice(since + 1)
    .toReversed()
    .map((move) => takenBackBy(move, digest))
    .find((held) => held !== undefined);
}

/** All content that somebody took back from a channel. */
export function holdsIn(record: ChannelRecord | undefined): HeldContent[] {
  const digests = (record?.moves ?? []).flatMap(({ from }) => from?.digest ?? []);
  return [...new Set(digests)].flatMap((digest) => heldContent(record, digest) ?? []);
}

/** Who took the content back, when and why, in words. */
export const saysHeld = ({ verb, build, who, at, why }: HeldContent): string =>
  `${build} has the same content, and ${who} ${verb === 'revoke' ? 'revoked it' : 'rolled the channel back from it'} at ${at}${
    why === undefined ? '' : `: ${why}`
  }`;

import { isSamePlace, placeName } from '../../distribute/place.ts';
import type { Manifest, ManifestTarget } from '../../build/manifest.ts';
import { targetAdvice } from '../failure.ts';

/** Whether an account gets the image of a region: `shares` by permission, `owns` as a copy of its own. */
export type Reached = 'shares' | 'owns' | 'failed' | 'skipped' | 'none';

/** Users whose cells are the same in every region. */
export interface ReachColumn {
  users: string[];
}

export interface ReachRow {
  place: string;
  status: ManifestTarget['status'];
  ami: string | null;
  parameter: string | null;
  /** By column. */
  cells: Reached[];
}

/** Region × account: who may launch the image where. */
export interface Reach {
  columns: ReachColumn[];
  rows: ReachRow[];
  errors: { place: string; error: string; advice?: string | undefined }[];
}

/** More accounts than this are put together where they are the same in every region. */
const mostColumns = 14;

const lastPart = (arn: string) => arn.slice(arn.lastIndexOf('/') + 1);

const usersOf = (target: ManifestTarget): string[] => [
  ...target.accounts,
  ...target.organizations.map(lastPart),
  ...target.organizationalUnits.map(lastPart),
  ...(target.allowPublic ? ['everyone'] : []),
];

const shared = { published: 'shares', failed: 'failed', skipped: 'skipped' } as const;
const copied = { published: 'owns', failed: 'failed', skipped: 'skipped' } as const;

export function reachOf({ targets, copiedTo = [] }: Manifest): Reach {
  const users = [...new Set([...targets.flatMap(usersOf), ...copiedTo.map(({ account }) => account)])];
  const cell = (target: ManifestTarget, user: string): Reached => {
    const copy = copiedTo.find((one) => one.account === user && isSamePlace(one, target));
    if (copy) return copied[copy.status];
    return usersOf(target).includes(user) ? shared[target.status] : 'none';
  };
  const single = users.map((user) => ({ users: [user], cells: targets.map((target) => cell(target, user)) }));
  const columns = single.length > mostColumns ? together(single) : single;
  const copyErrors = copiedTo.map(({ error, account, ...at }) => ({
    place: `${placeName(at)}, account ${account}`,
    error,
  }));
  return {
    columns: columns.map((column) => ({ users: column.users })),
    rows: targets.map((target, index) => ({
      place: placeName(target),
      status: target.status,
      ami: target.ami,
      parameter: target.parameter,
      cells: columns.map(({ cells }) => cells[index] ?? 'none'),
    })),
    errors: [...targets.map((target) => ({ place: placeName(target), error: target.error })), ...copyErrors].flatMap(
      ({ place, error }) => (error === null ? [] : [{ place, error, advice: targetAdvice(error) }]),
    ),
  };
}

interface Column {
  users: string[];
  cells: Reached[];
}

/** Puts columns with equal cells together. */
function together(columns: Column[]): Column[] {
  const byCells = new Map<string, Column>();
  for (const { users, cells } of columns) {
    const key = cells.join();
    const known = byCells.get(key);
    if (known) known.users.push(...users);
    else byCells.set(key, { users: [...users], cells });
  }
  return [...byCells.values()];
}

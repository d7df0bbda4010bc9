import type { Recipe, Target } from '../recipe/types.ts';
import { isSamePlace, onlyPlace, placeName, type Place } from '../distribute/place.ts';

/** Where a copy in another account is: the place of the target that it is a copy of, and the account. */
export interface AccountPlace extends Place {
  account: string;
}

/** A copy of a target in another account. It is judged like a target, with that account as the owner. */
export interface AccountCopy extends Target {
  account: string;
  /** Name of the role that the pipeline assumes in the account. */
  role: string;
  externalId?: string;
  /** Whether the channel's parameter in the account points at the copy. */
  publishes: boolean;
}

/** As it is in documents and messages: `eu-central-1 of account 111122223333`. */
export const accountPlaceName = ({ account, ...place }: AccountPlace): string =>
  `${placeName(place)} of account ${account}`;

/** The name of a target's place, or of the place of its copy in another account. */
export const targetName = ({ account, ...place }: Place & { account?: string | undefined }): string =>
  account === undefined ? placeName(place) : accountPlaceName({ ...place, account });

export const onlyAccountPlace = (one: { region: string; id?: string | null | undefined; account: string }) => ({
  ...onlyPlace(one),
  account: one.account,
});

/** The entry of a list that is about a copy in an account. */
export const inAccountPlace = <T extends AccountPlace>(list: readonly T[], at: AccountPlace): T | undefined =>
  list.find((one) => one.account === at.account && isSamePlace(one, at));

/** All copies that a recipe asks for in other accounts. They are like their target, but for key and users. */
export const accountCopiesOf = ({ distribute }: Pick<Recipe, 'distribute'>): AccountCopy[] =>
  distribute.flatMap(({ region, id, name, tags, timeout, required, copyTo = [] }) =>
    copyTo.map(({ publish, ...to }) => ({
      ...to,
      region,
      ...(id !== undefined && { id }),
      ...(name !== undefined && { name }),
      ...(tags && { tags }),
      timeout,
      required,
      organizations: [],
      organizationalUnits: [],
      publishes: publish,
    })),
  );

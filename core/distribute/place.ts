/**
 * Where a target's image is. A region can have several: the region's own image, and further copies of it, each under its `id`.
 */
export interface Place {
  region: string;
  /** Absent for the region's own image. */
  id?: string | undefined;
}

/** A place as it is in documents and tables: `eu-central-1`, or `eu-central-1/cmk` for the copy `cmk`. */
export const placeName = ({ region, id }: Place): string => (id === undefined ? region : `${region}/${id}`);

/** Only the place of something that is there. */
export const onlyPlace = ({ region, id }: { region: string; id?: string | null | undefined }): Place =>
  typeof id === 'string' ? { region, id } : { region };

export const isSamePlace = (one: Place, other: Place): boolean => one.region === other.region && one.id === other.id;

/** The entry of a list that is about a place. */
export const inPlace = <T extends Place>(list: readonly T[], place: Place): T | undefined =>
  list.find((one) => isSamePlace(one, place));

/** Each place once, in the order of the list. */
export const distinctPlaces = (list: readonly Place[]): Place[] => [
  ...new Map(list.map((one) => [placeName(one), onlyPlace(one)])).values(),
];

/** The parameter in which a channel holds the image of a place: its own one, and one below that for each further copy. */
export const parameterOfPlace = (parameter: string, { id }: Pick<Place, 'id'>): string =>
  id === undefined ? parameter : `${parameter}/${id}`;

/** The tag that names a further copy of an image in its region. */
export const copyTag = 'golden:copy';

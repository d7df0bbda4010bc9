// The partitions in which one can open an account. A test compares the regions with the installed SDK's list, so that an SDK
// update brings new ones.
const partitions: Record<string, string> = {
  aws: 'af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-central-1 ca-west-1 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 il-central-1 me-central-1 me-south-1 me-west-1 mx-central-1 sa-east-1 sa-west-1 us-east-1 us-east-2 us-west-1 us-west-2',
  'aws-cn': 'cn-north-1 cn-northwest-1',
  'aws-eusc': 'eusc-de-east-1',
  'aws-us-gov': 'us-gov-east-1 us-gov-west-1',
};

const partitionByRegion = new Map(
  Object.entries(partitions).flatMap(([partition, regions]) =>
    regions.split(' ').map((region) => [region, partition] as const),
  ),
);

export const knownRegions: readonly string[] = [...partitionByRegion.keys()];

/** The word in a recipe for the region the pipeline runs in. parseRecipe replaces it with the region. */
export const homeRegion = 'home';

/** `aws`, `aws-cn`, `aws-us-gov` or `aws-eusc`. An image cannot be copied from one partition to another. */
export const partitionOf = (region: string): string | undefined => partitionByRegion.get(region);

/** Whether a target gets a copy. The image of the pipeline's own region is the one that is made there. */
export const isCopy = ({ region, id }: { region: string; id?: string }, home: string | undefined): boolean =>
  id !== undefined || (region !== homeRegion && region !== home);

import { partitionOf } from '../../core/recipe/regions.ts';

/** Partition of a region, as in the second part of an ARN. An unknown region counts as part of `aws`. */
export const partitionIn = (region: string): string => partitionOf(region) ?? 'aws';

import { partitionOf } from '../../core/recipe/regions.ts';

/** Partition of a region, as the second part of an ARN has it. A region that nobody knows is taken for one of `aws`. */
export const partitionIn = (region: string): string => partitionOf(region) ?? 'aws';

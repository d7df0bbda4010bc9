import type { RunInstancesRequest } from '@aws-sdk/client-ec2';
import { ApiError } from '../../calls/actions.ts';
import type { World } from '../../state/world.ts';

/** What a launch asks of the spot market. */
interface SpotRequest {
  maxPrice: number | undefined;
}

/**
 * The spot request in RunInstances; undefined for one on demand. The rules are those of
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SpotMarketOptions.html. The words about a one-time request that stops
 * are from github.com/harmony-one/harmony-ops/issues/285.
 */
export function spotRequestOf({ InstanceMarketOptions, InstanceInitiatedShutdownBehavior }: RunInstancesRequest) {
  if (!InstanceMarketOptions) return undefined;
  const { MarketType, SpotOptions = {} } = InstanceMarketOptions;
  if (MarketType !== 'spot') throw new Error('the simulator has no market but spot');
  const { SpotInstanceType = 'one-time', InstanceInterruptionBehavior: behavior = 'terminate', MaxPrice } = SpotOptions;
  if (SpotInstanceType !== 'one-time') throw new Error('the simulator has no persistent spot requests');
  if (behavior !== 'terminate')
    throw new ApiError(
      'InvalidParameterCombination',
      `The request with type 'one-time' is not supported when instanceInterruptionBehavior is set to '${behavior}'.`,
    );
  if (InstanceInitiatedShutdownBehavior !== 'terminate')
    throw new Error('AWS does not say what becomes of a one-time Spot Instance that stops itself');
  if (MaxPrice !== undefined && !(Number(MaxPrice) >= 0.001))
    throw new ApiError('InvalidParameterValue', `Invalid value '${MaxPrice}' for the maximum price of a Spot Instance`);
  return { maxPrice: MaxPrice === undefined ? undefined : Number(MaxPrice) };
}

/**
 * Refuses what the spot market does not have. The codes are in EC2's list
 * (https://docs.aws.amazon.com/ec2/latest/devguide/errors-overview.html). AWS does not document the words.
 */
export function refuseWithoutSpot({ scenario: { spot } }: World, { maxPrice }: SpotRequest): void {
  if (maxPrice !== undefined && maxPrice < spot.price)
    throw new ApiError(
      'SpotMaxPriceTooLow',
      `Your Spot request price of ${maxPrice} is lower than the minimum required Spot request fulfillment price of ${spot.price}.`,
    );
  if (spot.capacity === 'absent')
    throw new ApiError(
      'InsufficientInstanceCapacity',
      'There is no Spot capacity available that matches your request.',
      500,
    );
}

import * as z from 'zod/mini';
import { formed, holds } from '../scalars.ts';

/** The keys of `builder` for spare capacity of EC2, which costs less and can be taken back at any time. */
export const spotKeys = {
  spot: z.exactOptional(
    z
      .boolean()
      .check(
        z.describe(
          'Whether the builder is a Spot Instance where EC2 has one. All places are tried for spot first, then on demand. If EC2 takes the builder back before its image is made, the steps begin again on demand. The candidate is always on demand.',
        ),
      ),
  ),
  spotMaxPrice: z.exactOptional(
    z.string().check(
      formed(/^\d{1,3}(\.\d{1,6})?$/, "be dollars for an hour in quotes, such as '0.05'", true),
      // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SpotMarketOptions.html
      holds((input) => Number(input) > 0.001, 'be more than 0.001, as EC2 demands'),
      z.describe(
        "Most that a Spot Instance may cost for an hour, in dollars, such as '0.05'. If left out, the price on demand is the most. AWS advises against it, because EC2 then takes instances back more often.",
      ),
    ),
  ),
};

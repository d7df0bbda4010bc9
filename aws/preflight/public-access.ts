import { EC2Client, GetImageBlockPublicAccessStateCommand } from '@aws-sdk/client-ec2';
import { publicRegions } from '../../core/preflight/public-access.ts';
import type { Facts, Seen } from '../../core/preflight/facts.ts';
import type { Recipe } from '../../core/recipe/types.ts';
import { ask } from '../errors.ts';
import type { Connection } from '../connection.ts';
import { look } from './seen.ts';

async function stateIn(aws: Connection, region: string): Promise<string> {
  const answer = await ask({ action: 'ec2:GetImageBlockPublicAccessState', region }, () =>
    aws.client(EC2Client, region).send(new GetImageBlockPublicAccessStateCommand({})),
  );
  return answer.ImageBlockPublicAccessState ?? 'unknown';
}

/** Whether the account blocks public AMIs, in every region where the recipe makes its image public. */
export async function lookAtPublicAccess(aws: Connection, recipe: Recipe): Promise<Facts['publicAccess']> {
  const seen = publicRegions(recipe).map(async (region): Promise<[string, Seen<string>]> => [
    region,
    await look(() => stateIn(aws, region)),
  ]);
  return Object.fromEntries(await Promise.all(seen));
}

import { strict } from './calls/strict.ts';
import type { Actions } from './calls/actions.ts';
import { partitionIn } from './partition.ts';

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
export const stsActions = (): Actions => ({
  GetCallerIdentity: strict('sts:GetCallerIdentity', '', (_input: object, { account, region }) => ({
    Account: account,
    Arn: `arn:${partitionIn(region)}:sts::${account}:assumed-role/operator/golden`,
    UserId: 'AROAEXAMPLEEXAMPLEEX:golden',
  })),
});

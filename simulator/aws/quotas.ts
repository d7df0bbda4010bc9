import type { GetServiceQuotaRequest } from '@aws-sdk/client-service-quotas';
import { ApiError, type Actions } from './calls/actions.ts';
import { required, strict } from './calls/strict.ts';
import type { Limits, World } from './state/world.ts';

/** vCPUs of an account whose quota a scenario does not limit. AWS raises the quota of accounts in use by itself. */
const raised = 5120;

/**
 * The quotas that are read, by service and code. The codes are those of the console of Service Quotas, as several public tools for
 * quotas list them.
 */
const quotasOf = ({
  vcpus,
  spotVcpus,
  images,
  publicImages,
  users,
  pendingSnapshots,
}: Limits): Record<string, number> => ({
  'ec2/L-1216C47A': vcpus ?? raised,
  'ec2/L-34B43A08': spotVcpus ?? raised,
  'ec2/L-B665C33B': images ?? 50_000,
  'ec2/L-0E3CBAB9': publicImages ?? 5,
  'ec2/L-70015FFA': users ?? 1000,
  'ebs/L-94D7AB7D': pendingSnapshots ?? 100,
});

/** https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_GetServiceQuota.html, for the quotas that are read */
export const serviceQuotasActions = (world: World): Actions => ({
  GetServiceQuota: strict('servicequotas:GetServiceQuota', 'ServiceCode QuotaCode', (input: GetServiceQuotaRequest) => {
    const service = required(input.ServiceCode, 'ServiceCode', 'IllegalArgumentException');
    const code = required(input.QuotaCode, 'QuotaCode', 'IllegalArgumentException');
    const value = quotasOf(world.limits)[`${service}/${code}`];
    if (value === undefined)
      throw new ApiError(
        'NoSuchResourceException',
        `The request failed because the specified service code or quota code does not exist.`,
      );
    return { Quota: { ServiceCode: service, QuotaCode: code, Value: value } };
  }),
});

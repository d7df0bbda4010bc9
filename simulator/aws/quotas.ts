import type { GetServiceQuotaRequest } from '@aws-sdk/client-service-quotas';
import { ApiError, type Actions } from './calls/actions.ts';
import { required, strict } from './calls/strict.ts';
import type { World } from './state/world.ts';

/** vCPUs of an account whose quota a scenario does not limit. AWS raises the quota of accounts in use by itself. */
const raised = 5120;

/** https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_GetServiceQuota.html, for the one quota that is read */
export const serviceQuotasActions = (world: World): Actions => ({
  GetServiceQuota: strict('servicequotas:GetServiceQuota', 'ServiceCode QuotaCode', (input: GetServiceQuotaRequest) => {
    const service = required(input.ServiceCode, 'ServiceCode', 'IllegalArgumentException');
    const code = required(input.QuotaCode, 'QuotaCode', 'IllegalArgumentException');
    if (service !== 'ec2' || code !== 'L-1216C47A')
      throw new ApiError(
        'NoSuchResourceException',
        `The request failed because the specified service code or quota code does not exist.`,
      );
    return { Quota: { ServiceCode: service, QuotaCode: code, Value: world.limits.vcpus ?? raised } };
  }),
});

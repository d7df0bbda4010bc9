import type { Interfered } from '../../simulator/pipeline/interference.ts';

// The answers of services that throttle a call, or that refuse it for good.
const throttling: Record<string, string> = { ec2: 'RequestLimitExceeded', s3: 'SlowDown' };
const refusing: Record<string, string> = { ec2: 'UnauthorizedOperation', s3: 'AccessDenied' };
export const throttle = (service: string): Interfered => ({
  error: throttling[service] ?? 'ThrottlingException',
  effect: false,
});
export const refuseCall = (service: string, action: string): Interfered => ({
  error: refusing[service] ?? 'AccessDeniedException',
  message: `not authorized to perform: ${service}:${action}`,
  effect: false,
});

/** What readFamily calls. */
export const familyPermissions = ['ec2:DescribeImages', 'ec2:GetImageAncestry'];

/** Asking for a report, which is the only call that makes something. */
export const askPermission = 'ec2:CreateImageUsageReport';

/** What usageOf calls, if it asks for no report. */
export const usersPermissions = [
  'ec2:DescribeImageReferences',
  'ec2:DescribeInstances',
  'ec2:DescribeImageAttribute',
  'ec2:DescribeImageUsageReports',
  'ec2:DescribeImageUsageReportEntries',
];

/** What usageOf and readFamily call. */
export const usagePermissions = [...usersPermissions, ...familyPermissions];

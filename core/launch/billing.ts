/**
 * The code by which AWS bills the software of an image, such as Windows, and the product codes of AWS Marketplace. Absent where only
 * the instance is billed. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/billing-info-fields.html
 */
export interface Billing {
  /** Such as `Red Hat Enterprise Linux`. */
  platform: string;
  /** Such as `RunInstances:0010`. */
  operation: string;
  products: string[];
}

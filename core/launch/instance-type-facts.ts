/** What EC2 shows of an instance type. */
export interface InstanceTypeFacts {
  instanceType: string;
  architectures: string[];
  /** `uefi`, `legacy-bios`. */
  bootModes: string[];
  virtualization: string[];
  /** Whether the type starts only images with the driver of Elastic Network Adapters. */
  needsEna: boolean;
  /** Whether the type offers a NitroTPM. */
  tpm: boolean;
  vcpus?: number | undefined;
  /** EBS volumes that an instance of the type can have, including its root. Undefined where EC2 reports no limit. */
  volumes?: number | undefined;
}

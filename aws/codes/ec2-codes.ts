import type { ServiceCodes } from './meaning.ts';

const subnets = 'name subnets of this account and region in `builder.subnets`';
const groups = 'look at `builder.securityGroups`: the groups must be in the VPC of `builder.subnets`';
const disks = 'look at `builder.rootVolume` and `builder.volumes`';
const types = 'look at `builder.instanceTypes`';
const key = 'look at the `kmsKey` that the recipe names, at its state and at its policy';
const quota = 'raise the quota of the account, or remove what is not needed any more';
const fullOfSnapshots =
  'ResourceLimitExceeded PendingSnapshotLimitExceeded ConcurrentSnapshotLimitExceeded PendingVerification';
const region =
  'is the region enabled for this account? Then look at the account itself and at the role of the function';

// https://docs.aws.amazon.com/ec2/latest/devguide/errors-overview.html; a comment marks each code that is missing from that list.
/** EC2's error codes that our calls can meet. */
export const ec2Codes: ServiceCodes = {
  means: {
    passing: `RequestLimitExceeded ServiceUnavailable Unavailable InternalError InternalFailure ServerInternal RetryableError
      BandwidthLimitExceeded RequestExpired ConcurrentTagAccess IncorrectState VolumeInUse PendingVerification
      ResourceLimitExceeded SnapshotCreationPerVolumeRateExceeded ConcurrentSnapshotLimitExceeded PendingSnapshotLimitExceeded
      ConcurrentCreateImageNoRebootLimitExceeded InsufficientInstanceCapacity InsufficientCapacity InsufficientVolumeCapacity
      InsufficientHostCapacity InsufficientAddressCapacity UnfulfillableCapacity
      PriorRequestNotComplete`, // the last code is not in the list: the SDK's retries know it
    'not yet': `InvalidAMIID.NotFound InvalidAMIID.Unavailable InvalidSnapshot.NotFound InvalidInstanceID.NotFound
      IncorrectInstanceState InvalidInstanceState`,
    gone: 'InvalidVolume.NotFound InvalidConversionTaskId',
    answer: 'IncorrectModificationState InvalidAMIName.Duplicate InvalidSnapshot.InUse IdempotentInstanceTerminated',
    refused: `UnauthorizedOperation AuthFailure OptInRequired Blocked AccountDisabled DryRunOperation IdempotentParameterMismatch
      IncompleteSignature SignatureDoesNotMatch InvalidAction InvalidCharacter InvalidClientTokenId InvalidClientToken
      MissingAuthenticationToken InvalidPaginationToken InvalidNextToken InvalidMaxResults InvalidFilter FilterLimitExceeded
      InvalidParameter InvalidParameterCombination InvalidParameterDependency InvalidParameterValue ClientInvalidParameterValue
      InvalidQueryParameter MalformedQueryString MissingAction MissingParameter UnknownParameter UnsupportedOperation
      UnsupportedInstanceAttribute UnsupportedProtocol ValidationError NoSuchVersion InvalidRequest InvalidInput InvalidFormat
      InvalidID InvalidRegion InvalidTime InvalidQuantity InvalidOption.Conflict TagPolicyViolation TagLimitExceeded
      InvalidTagKey.Malformed VPCIdNotSpecified DefaultVpcDoesNotExist VPCResourceNotSpecified MissingInput InvalidSubnet
      InvalidSubnetID.NotFound InvalidSubnetId.NotFound InvalidSubnetID.Malformed InvalidGroup.NotFound
      InvalidSecurityGroupID.NotFound InvalidGroupId.Malformed InvalidSecurityGroupId.Malformed
      InvalidNetworkInterfaceID.NotFound
      SecurityGroupsPerInstanceLimitExceeded SecurityGroupsPerInterfaceLimitExceeded AttachmentLimitExceeded
      NetworkInterfaceLimitExceeded NetworkInterfaceNotSupported PrivateIpAddressLimitExceeded
      InvalidInterface.IpAddressLimitExceeded
      InvalidAvailabilityZone InvalidZone.NotFound
      InvalidAMIID.Malformed InvalidAMIName.Malformed InvalidAMIAttributeItemValue InvalidUserID.Malformed InvalidManifest
      InvalidInstanceID InvalidInstanceID.Malformed InvalidInstanceType InvalidInstanceFamily InvalidInstanceAttributeValue
      InvalidIamInstanceProfileArn.Malformed InvalidBlockDeviceMapping InvalidDevice.InUse InvalidSnapshotID.Malformed
      InvalidVolumeID.Malformed UnknownVolumeType BootForVolumeTypeUnsupported VolumeTypeNotAvailableInZone
      EncryptedVolumesNotSupported CustomerKeyHasBeenRevoked VolumeIOPSLimit MaxIOPSLimitExceeded VolumeLimitExceeded
      SnapshotLimitExceeded ResourceCountExceeded RequestResourceCountExceeded InstanceLimitExceeded VcpuLimitExceeded
      MaxSpotInstanceCountExceeded SpotMaxPriceTooLow InvalidKeyPair.NotFound InvalidPlacementGroup.Unknown InvalidTenancy UnsupportedTenancy
      InvalidHostID.NotFound InvalidHostId.NotFound InvalidHostID.Malformed InvalidHostId.Malformed InvalidHostState
      InsufficientCapacityOnHost UnsupportedInstanceTypeOnHost IncompatibleHostRequirements UnavailableHostRequirements
      InsufficientFreeAddressesInSubnet Unsupported UnsupportedException NonEBSInstance OperationNotPermitted
      SnapshotCopyUnsupported.InterRegion InvalidState InvalidStateTransition ZonesMismatched
      InvalidKMSKey.InvalidState InvalidKmsKey.InvalidState KMSKeyNotAccessibleFault InvalidTag VolumeModificationRateExceeded
      AuthFailure.ServiceLinkedRoleCreationNotPermitted`, // the last rows: seen, not listed
  },
  at: {
    'ec2:RunInstances': {
      capacity: `InsufficientInstanceCapacity InsufficientCapacity InsufficientHostCapacity InsufficientVolumeCapacity
        InsufficientAddressCapacity InsufficientFreeAddressesInSubnet InstanceLimitExceeded VcpuLimitExceeded Unsupported
        UnfulfillableCapacity VolumeTypeNotAvailableInZone MaxSpotInstanceCountExceeded SpotMaxPriceTooLow
        InsufficientCapacityOnHost UnsupportedInstanceTypeOnHost IncompatibleHostRequirements UnavailableHostRequirements`,
      later: 'PendingVerification', // AWS takes minutes, at most four hours, to let a new account launch
      answer: 'IdempotentParameterMismatch',
    },
    // A snapshot stays pending until it is made, which takes minutes or many hours.
    'ec2:CreateImage': { later: fullOfSnapshots },
    'ec2:CreateSnapshots': { later: fullOfSnapshots },
    'ec2:CopySnapshot': { later: fullOfSnapshots },
    'ec2:ImportSnapshot': { later: 'ResourceLimitExceeded' },
    'ec2:RegisterImage': { later: 'ResourceLimitExceeded PendingVerification' },
    'ec2:CopyImage': {
      later: 'ResourceLimitExceeded PendingSnapshotLimitExceeded ConcurrentSnapshotLimitExceeded PendingVerification',
      'not yet': 'IdempotentParameterMismatch', // the copy was begun with other parameters, and its tags will show it
    },
    'ec2:ModifyImageAttribute': { refused: 'ResourceLimitExceeded' },
    'ec2:ModifySnapshotAttribute': { refused: 'ResourceLimitExceeded' },
    // Another report of the AMI is being made, or too many reports are. A later look asks again.
    'ec2:CreateImageUsageReport': { refused: 'ResourceLimitExceeded' },
    'ec2:DescribeHosts': { gone: 'InvalidHostID.NotFound InvalidHostId.NotFound' },
    'ec2:DescribeKeyPairs': { gone: 'InvalidKeyPair.NotFound' },
    'ec2:DescribeInstances': { gone: 'InvalidInstanceID.NotFound' },
    'ec2:TerminateInstances': { gone: 'InvalidInstanceID.NotFound' },
    'ec2:DescribeImages': { gone: 'InvalidAMIID.NotFound InvalidAMIID.Unavailable', answer: 'InvalidAMIID.Malformed' },
    'ec2:DeregisterImage': { gone: 'InvalidAMIID.NotFound InvalidAMIID.Unavailable' },
    'ec2:DeleteSnapshot': { gone: 'InvalidSnapshot.NotFound' },
  },
  messages: [
    { code: 'InvalidParameterValue', says: /^Instance is not in state/, is: 'not yet' },
    {
      code: 'InvalidParameterValue',
      says: /iam instance profile/i,
      advice: 'look at `builder.instanceProfile`, or deploy again if it was made for the secrets of a recipe',
    },
  ],
  advice: {
    UnauthorizedOperation:
      'IAM says no. An encoded message is told by `aws sts decode-authorization-message --encoded-message …`',
    AuthFailure: region,
    'AuthFailure.ServiceLinkedRoleCreationNotPermitted':
      'the account has never had a Spot Instance: `aws iam create-service-linked-role --aws-service-name spot.amazonaws.com`, once',
    OptInRequired: region,
    Blocked: 'AWS has blocked the account: ask AWS Support',
    VPCIdNotSpecified: `the account has no default VPC in this region; ${subnets}`,
    DefaultVpcDoesNotExist: `the account has no default VPC in this region; ${subnets}`,
    VPCResourceNotSpecified: subnets,
    MissingInput: `the default VPC has no subnet here; ${subnets}`,
    InvalidSubnet: subnets,
    'InvalidSubnetID.NotFound': subnets,
    'InvalidSubnetId.NotFound': subnets,
    'InvalidSubnetID.Malformed': subnets,
    'InvalidGroup.NotFound': groups,
    'InvalidSecurityGroupID.NotFound': groups,
    'InvalidGroupId.Malformed': groups,
    InvalidParameter: groups,
    InvalidInstanceType: types,
    'InvalidKeyPair.NotFound': 'look at `builder.candidateKeyPair`',
    'InvalidPlacementGroup.Unknown': 'look at `builder.placementGroup`',
    'InvalidHostID.NotFound': 'look at `builder.hostId`',
    'InvalidHostId.NotFound': 'look at `builder.hostId`',
    InvalidHostState: 'look at `builder.hostId`: the host must be available',
    UnsupportedTenancy: 'look at `builder.tenancy`',
    InvalidBlockDeviceMapping: disks,
    VolumeIOPSLimit: disks,
    UnknownVolumeType: disks,
    'InvalidKMSKey.InvalidState': key,
    'InvalidKmsKey.InvalidState': key,
    KMSKeyNotAccessibleFault: key,
    CustomerKeyHasBeenRevoked: key,
    MaxIOPSLimitExceeded: quota,
    VolumeLimitExceeded: quota,
    SnapshotLimitExceeded: quota,
    NetworkInterfaceLimitExceeded: quota,
    PrivateIpAddressLimitExceeded: quota,
    'InvalidInterface.IpAddressLimitExceeded': quota,
    NetworkInterfaceNotSupported: types,
    VolumeModificationRateExceeded: 'EC2 changes a volume only so often in a day: start the build again',
    TagPolicyViolation: "look at `image.tags` and at the organization's tag policy",
    'InvalidUserID.Malformed': 'look at `distribute[].accounts`',
    InvalidAMIAttributeItemValue: 'look at `distribute[].accounts`, `organizations` and `organizationalUnits`',
    ResourceLimitExceeded: 'raise the quota, or share with an organization in place of many accounts',
    OperationNotPermitted:
      'a snapshot under an AWS managed key cannot be shared: look at `distribute[].kmsKey`; an instance may be protected against its end',
  },
};

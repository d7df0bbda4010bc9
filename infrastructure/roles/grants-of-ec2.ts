// The resources and conditions of EC2's actions, each action once. grants.ts has those of the other services.
import { arn, sub } from '../cloudformation.ts';
import { grantsOfLaunches } from './grants-of-launches.ts';
import { expiry, holdTags, imported, keeping, launchedKinds, tagsAtLaunch, tagsOn } from './grants-of-tags.ts';
import {
  anything,
  anywhere,
  here,
  imageHere,
  images,
  madeByUs,
  snapshotHere,
  snapshots,
  taggedAsOurs,
  type Grant,
  type GrantTable,
} from './policies.ts';

/** Only images of recipes. */
const ofRecipes: Grant[] = [
  { Resource: images, Condition: { Null: { ...madeByUs.Null, 'aws:ResourceTag/golden:recipe': 'false' } } },
];

/** Only launch templates whose owner has tagged them for a recipe. */
const launchTemplates: Grant[] = [
  { Resource: anywhere('launch-template'), Condition: { Null: { 'aws:ResourceTag/golden:recipe': 'false' } } },
];

/** EC2's actions that take no resource. */
const descriptions =
  `DescribeHosts DescribeImageReferences DescribeImages DescribeImageUsageReportEntries DescribeImageUsageReports
  DescribeImportSnapshotTasks DescribeInstances DescribeLaunchTemplates DescribeLaunchTemplateVersions DescribeInstanceTypeOfferings
  DescribeInstanceTypes DescribeKeyPairs DescribeRegions DescribeRouteTables DescribeSecurityGroups DescribeSnapshots
  DescribeStoreImageTasks DescribeSubnets DescribeTags DescribeVolumes DescribeVpcEndpoints
  DescribeVpcs
  GetAllowedImagesSettings GetEbsDefaultKmsKeyId GetEbsEncryptionByDefault GetImageBlockPublicAccessState
  ListImagesInRecycleBin`.split(/\s+/);

export const grantsOfEc2: GrantTable = {
  ...Object.fromEntries(descriptions.map((action) => [`ec2:${action}`, anything])),
  'ec2:AttachImageWatermark': [{ Resource: images, Condition: madeByUs }],
  'ec2:CopyImage': [
    { Resource: images, Condition: taggedAsOurs },
    // EC2 checks the source image as well. By AWS's table, its owner can be a condition, but not its tags.
    { Resource: images, Condition: { StringEquals: { 'ec2:Owner': sub('${AWS::AccountId}') } } },
    // AWS does not document whether EC2 checks the source's snapshots too. No condition fits them, so all are allowed.
    { Resource: snapshots },
  ],
  'ec2:CreateImage': [
    { Resource: [imageHere, snapshotHere], Condition: taggedAsOurs },
    { Resource: here('instance'), Condition: madeByUs },
  ],
  'ec2:CopySnapshot': [
    { Resource: snapshotHere, Condition: taggedAsOurs },
    // The disk of a recipe can be any snapshot that the account may read.
    { Resource: arn('ec2:${AWS::Region}::snapshot/snap-*') },
  ],
  'ec2:CancelImportTask': [{ Resource: here('import-snapshot-task'), Condition: madeByUs }],
  'ec2:ImportSnapshot': [
    { Resource: here('import-snapshot-task'), Condition: taggedAsOurs },
    // EC2 makes the snapshot without tags.
    { Resource: snapshotHere },
  ],
  'ec2:CreateImageUsageReport': [
    { Resource: images, Condition: madeByUs },
    { Resource: anywhere('image-usage-report') },
  ],
  // EC2 checks every volume of the instance, and each has our tags from its launch.
  'ec2:CreateStoreImageTask': [{ Resource: imageHere, Condition: madeByUs }],
  'ec2:CreateRestoreImageTask': [{ Resource: imageHere, Condition: taggedAsOurs }],
  'ec2:CreateSnapshots': [
    { Resource: snapshotHere, Condition: taggedAsOurs },
    { Resource: [here('instance'), here('volume')], Condition: madeByUs },
  ],
  'ec2:CreateLaunchTemplateVersion': launchTemplates,
  'ec2:CreateTags': {
    launch: tagsOn('RunInstances', [...launchedKinds, here('spot-instances-request')]),
    launchCandidate: tagsAtLaunch,
    createImage: tagsOn('CreateImage', [imageHere, snapshotHere]),
    copySnapshot: tagsOn('CopySnapshot', [snapshotHere]),
    createSnapshots: tagsOn('CreateSnapshots', [snapshotHere]),
    registerImage: tagsOn('RegisterImage', [imageHere]),
    restoreArchive: tagsOn('CreateRestoreImageTask', [imageHere, snapshotHere]),
    copyImage: tagsOn('CopyImage', [images, snapshots]),
    importSnapshot: tagsOn('ImportSnapshot', [here('import-snapshot-task')]),
    awaitImport: imported,
    sweep: imported,
    compensate: [...expiry, ...holdTags, ...imported],
    retireBuild: keeping,
  },
  'ec2:DeleteLaunchTemplateVersions': launchTemplates,
  'ec2:DeleteSnapshot': [{ Resource: snapshots, Condition: madeByUs }],
  'ec2:DeleteTags': expiry,
  'ec2:DeleteVolume': {
    sweep: [{ Resource: anywhere('volume'), Condition: madeByUs }],
    others: [{ Resource: here('volume'), Condition: madeByUs }],
  },
  'ec2:DeregisterImage': {
    retireBuild: ofRecipes,
    others: [{ Resource: images, Condition: madeByUs }],
  },
  'ec2:DescribeImageAttribute': [{ Resource: images }],
  'ec2:DescribeSnapshotAttribute': [{ Resource: snapshots }],
  'ec2:DetachImageWatermark': [{ Resource: images, Condition: madeByUs }],
  'ec2:DisableImage': { retireBuild: ofRecipes, others: [{ Resource: images, Condition: madeByUs }] },
  'ec2:EnableImageDeprecation': ofRecipes,
  'ec2:EnableImage': [{ Resource: images, Condition: madeByUs }],
  'ec2:GetImageAncestry': [{ Resource: images }],
  'ec2:ModifyImageAttribute': [{ Resource: images, Condition: madeByUs }],
  'ec2:ModifyLaunchTemplate': launchTemplates,
  // EC2 also asks about the groups. They carry no tag of ours, and can be shared by another account, as those of a launch.
  'ec2:ModifyNetworkInterfaceAttribute': [
    { Resource: [here('network-interface'), here('instance')], Condition: madeByUs },
    { Resource: arn('ec2:${AWS::Region}:*:security-group/*') },
  ],
  'ec2:ModifySnapshotAttribute': [
    // no snapshot of ours is ever public
    { Resource: snapshots, Condition: { ...madeByUs, StringNotEquals: { 'ec2:Add/group': 'all' } } },
  ],
  'ec2:ModifyVolume': [{ Resource: here('volume'), Condition: madeByUs }],
  'ec2:RegisterImage': [
    { Resource: imageHere, Condition: taggedAsOurs },
    { Resource: snapshotHere, Condition: madeByUs },
  ],
  'ec2:ResetImageAttribute': [{ Resource: images, Condition: madeByUs }],
  'ec2:ResetSnapshotAttribute': [{ Resource: snapshots, Condition: madeByUs }],
  'ec2:RunInstances': grantsOfLaunches,
  'ec2:StopInstances': [{ Resource: here('instance'), Condition: madeByUs }],
  'ec2:TerminateInstances': {
    sweep: [{ Resource: anywhere('instance'), Condition: madeByUs }],
    others: [{ Resource: here('instance'), Condition: madeByUs }],
  },
};

// When tags may be written and removed. grants-of-ec2.ts says by which functions.
import { arn } from '../cloudformation.ts';
import { here, images, madeByUs, snapshotHere, snapshots, taggedAsOurs, type Grant } from './policies.ts';

/** Tags are written at creation, so nothing else can be made to look like ours; expiry below is the one exception. */
export const tagsOn = (creation: string, resources: Grant['Resource']): Grant[] => [
  { Resource: resources, Condition: { ...taggedAsOurs, StringEquals: { 'ec2:CreateAction': creation } } },
];
export const launchedKinds = [here('instance'), here('volume'), here('network-interface')];
export const tagsAtLaunch = tagsOn('RunInstances', launchedKinds);

/**
 * The expiry of an image is the one tag that is added and removed later, and only on our own images. A request without keys means
 * all tags to DeleteTags, so it must not count as one whose keys are all allowed.
 */
export const expiry: Grant[] = [
  {
    Resource: [images, snapshots],
    Condition: {
      Null: { ...madeByUs.Null, 'aws:TagKeys': 'false' },
      'ForAllValues:StringEquals': { 'aws:TagKeys': ['golden:expires'] },
    },
  },
];

/**
 * EC2 gives the snapshot of an import no tags, so it gets ours when it is there. An import has no volume, and neither has a copy: all
 * have this id in its place. Snapshots of volumes can therefore not be made to look like ours.
 */
export const imported: Grant[] = [
  {
    Resource: snapshotHere,
    Condition: { ...taggedAsOurs, ArnLike: { 'ec2:ParentVolume': arn('ec2:*:*:volume/vol-ffffffff') } },
  },
];

/** A held instance and its volumes get the time when it ends itself. */
export const holdTags: Grant[] = [
  {
    Resource: [here('instance'), here('volume')],
    Condition: {
      Null: { ...madeByUs.Null, 'aws:TagKeys': 'false' },
      'ForAllValues:StringEquals': { 'aws:TagKeys': ['golden:expires', 'golden:held'] },
    },
  },
];

/** Snapshots that stay although their image goes are tagged, before the image is deregistered. */
export const keeping: Grant[] = [
  {
    Resource: snapshots,
    Condition: {
      Null: { ...madeByUs.Null, 'aws:TagKeys': 'false' },
      'ForAllValues:StringEquals': { 'aws:TagKeys': ['golden:kept'] },
    },
  },
];

import {
  createImage,
  copyImage,
  describeImages,
  disableImage,
  enableImage,
  modifyImageAttribute,
  modifySnapshotAttribute,
  resetImageAttribute,
  resetSnapshotAttribute,
} from './layer/images.ts';
import { createRestoreImageTask, createStoreImageTask, describeStoreImageTasks } from './layer/archive.ts';
import {
  deregisterImage,
  describeImageAttribute,
  enableImageDeprecation,
  noRecycledImages,
} from './layer/lifecycle.ts';
import { registerImage } from './layer/registered.ts';
import { createImageUsageReport, describeImageUsageReports, noReferences, noUsageEntries } from './layer/usage.ts';
import {
  describeInstanceInformation,
  getCommandInvocation,
  putParameter,
  sendCommand,
  type SsmCall,
} from './layer/commands.ts';
import type { Ec2Call } from './layer/ec2-call.ts';
import type { Faults } from './layer/faults.ts';
import { cancelImportTask, describeImportSnapshotTasks, importSnapshot, type Imports } from './layer/imports.ts';
import {
  createKeys,
  describeKey,
  describeSnapshots,
  getKeyPolicy,
  getEbsDefaultKmsKeyId,
  type KmsCall,
} from './layer/keys.ts';
import { describeLentSnapshots } from './layer/lent.ts';
import { describeRouteTables } from './layer/networks.ts';
import { createEvents, type Events, type LayerEvent } from './layer/events.ts';
import {
  describeInstances,
  modifyNetworkInterfaceAttribute,
  runInstances,
  stopInstances,
  takeBack,
  terminateInstances,
} from './layer/instances.ts';
import { createProgress } from './layer/progress.ts';
import { createSessions, type Session } from './layer/sessions.ts';
import {
  accessKeyOf,
  ec2Error,
  jsonError,
  motoAccount,
  objectText,
  putObject,
  query,
  regionOf,
  send,
  serviceOf,
  type HttpAnswer,
  type HttpCall,
} from './wire.ts';

/*
 * What moto 5.2.1 lacks for this pipeline, what it does instead, and what stands here in its place. State stays in moto
 * wherever moto has a place for it; what it has no field for is kept in moto as tags `layer:*` (see layer/images.ts).
 * What this layer supplies is ours, so a test that passes says nothing about AWS on these points.
 *
 * call                         moto                                      here
 * CreateImage                  available at once                         pending for some seconds
 *                              a name twice is taken                     InvalidAMIName.Duplicate
 *                              tags of snapshots: HTTP 500               CreateTags right after
 *                              encryption of the builder is lost         Encrypted as the builder's first volume
 * CopyImage                    available at once, never fails            pending for some seconds, or failed
 *                              tags, Encrypted, ClientToken ignored      done; a used token answers with its AMI
 *                              SourceImageId is not described            described
 *                              an AMI that is pending is copied          InvalidAMIID.Unavailable
 * DescribeImages               every AMI has one 15 GB disk              8 GB, as the AL2023 AMIs have
 *                              no ImdsSupport                            described
 *                              AL2023 boots by UEFI only                 uefi-preferred, as AWS's
 *                              made of any builder: /dev/sda1            /dev/xvda, as the AL2023 AMIs have
 * DescribeImages               no source-image-id filter                 the marks of `layer:source` are filtered
 * DisableImage, EnableImage    HTTP 500                                  the state is kept, launch permissions are taken
 * DescribeImageReferences,     HTTP 500                                  none
 *   ListImagesInRecycleBin
 * ImportSnapshot, Describe-      HTTP 500                                  a snapshot after a while, of the size that the file says
 *   ImportSnapshotTasks, CancelImportTask
 * Create- and DescribeImage-   HTTP 500                                  available at once, and nobody uses the AMI
 *   UsageReport(s), DescribeImageUsageReportEntries
 * EnableImageDeprecation       HTTP 500                                  the date is kept, rounded to the minute
 * DeregisterImage              DeleteAssociatedSnapshots ignored         DeleteSnapshot right after, a code for each
 * RegisterImage                all but name and description ignored      architecture, boot mode, root device, disks
 *                              any snapshot is taken                     InvalidSnapshot.NotFound
 * CreateStoreImageTask,        HTTP 500                                  an object in moto's S3 after some seconds
 *   DescribeStoreImageTasks
 * CreateRestoreImageTask       HTTP 500                                  RegisterImage, tags, pending for some seconds
 * DescribeImageAttribute       lastLaunchedTime: HTTP 500                no launch, as EC2 tells of it a day later
 * DescribeRouteTables          the default VPC has no gateway            a route to one
 * DescribeSnapshots            no key of a copy                          described
 * GetEbsDefaultKmsKeyId        HTTP 404                                  alias/aws/ebs
 * KMS DescribeKey              only keys that were created               a key is made for every alias that is named
 *                              no keys of other accounts                 those that a grant lends to the caller
 * KMS GetKeyPolicy             only keys that were created               everybody may use it
 * ModifyImageAttribute         ImdsSupport ignored                       kept
 * ModifyNetworkInterface-      the groups of the launch stay beside      they go
 *   Attribute
 * ModifySnapshotAttribute      CreateVolumePermission.Add ignored        rewritten to UserIds and OperationType
 * ResetImageAttribute,         HTTP 500                                  what is described is removed
 *   ResetSnapshotAttribute
 * STS AssumeRole               any role, no policy judged                the role must exist; its external id counts, and so
 *                                                                        do the actions of its policies and of the session's
 * DescribeImages, CopyImage,   other accounts' AMIs are not seen         those that were shared with the caller's account
 *   DescribeSnapshots
 * RunInstances                 ClientToken ignored                       a used token answers with its instance
 *                              tenancy, placement group, licences and    kept
 *                              the price of a Spot Instance ignored
 *                              Spot Instances everywhere, for ever       none, or taken back, where a scenario says so
 *                              any AMI id is taken, a pending one too    InvalidAMIID.NotFound, .Unavailable
 *                              a root disk must say its size             8 GB, as its AMI has
 * SSM DescribeInstance-        HTTP 500                                  Online for instances that moto says run
 *   Information
 * SSM SendCommand              any instance id is taken                  InvalidInstanceId unless it runs
 * SSM GetCommandInvocation     Success at once, no output                InProgress for some seconds, exit code, output
 *                                                                        (in S3 too, where SendCommand says so)
 * SSM PutParameter             an AMI that is not there is taken         dropped without a word, as AWS documents
 * RunInstances, StopInstances, no event                                  events of the instance's states
 *   TerminateInstances
 * CreateImage, CopyImage,      no event                                  events of the AMI's states
 *   DeregisterImage
 * SSM SendCommand              no event                                  the event of the invocation's end
 * any EC2 call                 never throttled                           RequestLimitExceeded, where a scenario says so
 * any EC2 call                 never refused                             UnauthorizedOperation, where a scenario says so
 *
 * Left as moto has it: instances run, stop and terminate at once; an AMI has a single disk even if the builder had more;
 * nobody is refused for want of a permission. moto's own EventBridge matches the events with the deployed rules.
 */

/** Who made a call: a function, in the scenario whose state machine invoked it. */
export interface FunctionCaller {
  scenario: string;
  functionKey: string;
}

export interface Layer {
  /** Answers a call of a function. */
  answer(call: HttpCall, caller: FunctionCaller): Promise<HttpAnswer>;
  /** Sets what goes wrong in a scenario. */
  plan(scenario: string, faults: Faults): void;
  /** EC2 takes a Spot Instance of a scenario back. */
  takeBack(scenario: string, region: string, instance: string): Promise<void>;
  /** IAM actions that each function was seen calling, by function key. */
  seen: Map<string, Set<string>>;
  /** How many calls were throttled, by scenario. */
  throttled: Map<string, number>;
  events: Pick<Events, 'scenarioOf' | 'sent' | 'refused'>;
  stop(): void;
}

const ec2: Record<string, (call: Ec2Call) => Promise<HttpAnswer>> = {
  RunInstances: runInstances,
  StopInstances: stopInstances,
  TerminateInstances: terminateInstances,
  DeregisterImage: deregisterImage,
  CreateImage: createImage,
  CopyImage: copyImage,
  RegisterImage: registerImage,
  DescribeImages: describeImages,
  DisableImage: disableImage,
  EnableImage: enableImage,
  DescribeImageReferences: noReferences,
  CreateImageUsageReport: createImageUsageReport,
  DescribeImageUsageReports: describeImageUsageReports,
  DescribeImageUsageReportEntries: noUsageEntries,
  DescribeImageAttribute: describeImageAttribute,
  EnableImageDeprecation: enableImageDeprecation,
  ListImagesInRecycleBin: noRecycledImages,
  CreateStoreImageTask: createStoreImageTask,
  DescribeStoreImageTasks: describeStoreImageTasks,
  CreateRestoreImageTask: createRestoreImageTask,
  ImportSnapshot: importSnapshot,
  DescribeImportSnapshotTasks: describeImportSnapshotTasks,
  CancelImportTask: cancelImportTask,
  DescribeRouteTables: describeRouteTables,
  DescribeInstances: describeInstances,
  DescribeSnapshots: (call) =>
    call.account !== motoAccount && call.form.get('Owner.1') === motoAccount
      ? describeLentSnapshots(call)
      : describeSnapshots(call),
  GetEbsDefaultKmsKeyId: getEbsDefaultKmsKeyId,
  ModifyImageAttribute: modifyImageAttribute,
  ModifyNetworkInterfaceAttribute: modifyNetworkInterfaceAttribute,
  ModifySnapshotAttribute: modifySnapshotAttribute,
  ResetImageAttribute: resetImageAttribute,
  ResetSnapshotAttribute: resetSnapshotAttribute,
};

const ssm: Record<string, (call: SsmCall) => Promise<HttpAnswer>> = {
  DescribeInstanceInformation: describeInstanceInformation,
  SendCommand: sendCommand,
  GetCommandInvocation: getCommandInvocation,
  PutParameter: putParameter,
};

const kms: Record<string, (call: KmsCall) => Promise<HttpAnswer>> = {
  DescribeKey: describeKey,
  GetKeyPolicy: getKeyPolicy,
};

const s3: Record<string, string> = { GET: 'GetObject', HEAD: 'GetObject', PUT: 'PutObject', DELETE: 'DeleteObject' };

/** IAM's names of the services whose calls name them in a header. */
const services: Record<string, string> = {
  AmazonSSM: 'ssm',
  AWSStepFunctions: 'states',
  AWSEvents: 'events',
  TrentService: 'kms',
  ServiceQuotasV20190624: 'servicequotas',
  secretsmanager: 'secretsmanager',
};

/** Throttles every so-manieth EC2 call of a scenario, and counts what was throttled. */
function createThrottles() {
  const throttled = new Map<string, number>();
  const counts = new Map<string, number>();
  return {
    throttled,
    throttles: (scenario: string, every: number | undefined): boolean => {
      if (!every) return false;
      const count = (counts.get(scenario) ?? 0) + 1;
      counts.set(scenario, count);
      if (count % every !== 0) return false;
      throttled.set(scenario, (throttled.get(scenario) ?? 0) + 1);
      return true;
    },
  };
}

/** Which call it is, in IAM's words, and its parameters if it comes as a form. */
function named(call: HttpCall): { service: string; operation: string; form?: URLSearchParams } {
  if (/x-www-form-urlencoded/.test(call.headers['content-type'] ?? '')) {
    const form = new URLSearchParams(call.body.toString());
    return { service: serviceOf(call), operation: form.get('Action') ?? '', form };
  }
  const [target = '', operation = ''] = String(call.headers['x-amz-target'] ?? '').split('.');
  if (services[target]) return { service: services[target], operation };
  const list = call.method === 'GET' && /[?&]list-type=2/.test(call.path);
  return { service: 's3', operation: list ? 'ListBucket' : (s3[call.method] ?? call.method) };
}

const objectsOn = (port: number): Ec2Call['objects'] => ({
  get: (bucket, key) => objectText(port, bucket, key),
  put: (bucket, key, body) => putObject(port, bucket, key, body),
});

/** What a call that a scenario plans for is refused with. */
function plannedRefusal({ refuse }: Faults, functionKey: string, operation: string): HttpAnswer | undefined {
  return refuse?.functionKey === functionKey && refuse.action === operation
    ? ec2Error('UnauthorizedOperation', 'You are not authorized to perform this operation.', 403)
    : undefined;
}

/** What a call of another account's role is refused with, if its session does not allow the call. */
function sessionRefusal({ role, allows }: Session, action: string, isForm: boolean): HttpAnswer | undefined {
  if (allows(action)) return undefined;
  const message = `${role} may not call ${action} in this session.`;
  return isForm ? ec2Error('UnauthorizedOperation', message, 403) : jsonError('AccessDeniedException', message);
}

export function createLayer(port: number): Layer {
  const plans = new Map<string, Faults>();
  const seen = new Map<string, Set<string>>();
  const tokens = new Map<string, Promise<HttpAnswer>>();
  const outputs = new Map<string, { bucket: string; prefix: string }>();
  const imports: Imports = new Map();
  const keys = createKeys(port);
  const sessions = createSessions(port);
  const faultsOf = (scenario: string) => plans.get(scenario) ?? {};
  const progress = createProgress(faultsOf);
  const events = createEvents(port, (scenario) => faultsOf(scenario).loseEvents ?? false);
  const { throttled, throttles } = createThrottles();
  const objects = objectsOn(port);

  return {
    seen,
    throttled,
    events,
    stop: () => events.stop(),
    plan(scenario, faults) {
      plans.set(scenario, faults);
      progress.replan(scenario);
    },
    takeBack(scenario, region, instance) {
      const ask = (parameters: Record<string, string>) => query(port, region, parameters);
      return takeBack({ ask, region, tell: (event) => events.send(scenario, event) }, instance);
    },
    async answer(call, { scenario, functionKey }) {
      const region = regionOf(call);
      const faults = faultsOf(scenario);
      const { service, operation, form } = named(call);
      const action = `${service}:${operation}`;
      // What the role of another account may do is judged here. The tests judge what a function's own role may do.
      const session = sessions.of(accessKeyOf(call));
      const refusal = session && sessionRefusal(session, action, form !== undefined);
      if (refusal) return refusal;
      if (!session) seen.set(functionKey, (seen.get(functionKey) ?? new Set()).add(action));
      const { account = motoAccount, role } = session ?? {};
      // Events of another account stay there.
      const tell = (event: LayerEvent) => void (account === motoAccount && events.send(scenario, event));
      const about = { port, region, account, role, scenario, faults, progress, keys, tell };
      const pass = () => send(port, form ? { ...call, body: form.toString() } : call);
      if (action === 'sts:AssumeRole' && form) return sessions.assumeRole(form, pass);
      if (service === 'ec2' && form) {
        if (throttles(scenario, faults.throttleEvery))
          return ec2Error('RequestLimitExceeded', 'Request limit exceeded.', 503);
        const refused = plannedRefusal(faults, functionKey, operation);
        if (refused) return refused;
        const ask = (parameters: Record<string, string>, at = region, of = account) =>
          query(port, at, parameters, { account: of });
        return (ec2[operation] ?? pass)({ ...about, form, pass, ask, tokens, objects, imports });
      }
      if (service === 'ssm' && ssm[operation]) {
        const input = JSON.parse(call.body.toString()) as Record<string, unknown>;
        return ssm[operation]({ ...about, input, pass, outputs });
      }
      if (service === 'kms' && kms[operation])
        return kms[operation]({ ...about, pass, input: JSON.parse(call.body.toString()) as { KeyId?: string } });
      return pass();
    },
  };
}

import type { LaunchPermission } from '@aws-sdk/client-ec2';
import type { DeploymentSettings } from '../../core/deployment/deployment-settings.ts';
import type { RecordedCall } from '../../simulator/aws/calls/attach.ts';
import type { Violation } from './judge/violation.ts';
import { pipelineHome, settingsOf } from './setting.ts';
import type { Trial } from './trial.ts';

/** Every call that creates something, shares it or moves a channel. */
const making = new Set([
  'RunInstances',
  'CreateImage',
  'CreateSnapshots',
  'CopySnapshot',
  'ImportSnapshot',
  'RegisterImage',
  'CopyImage',
  'ModifyImageAttribute',
  'ModifySnapshotAttribute',
  'SendCommand',
  'PutParameter',
]);

interface Params {
  Name?: string;
  DocumentName?: string;
  IamInstanceProfile?: { Name?: string };
  LaunchPermission?: { Add?: LaunchPermission[] };
  CreateVolumePermission?: { Add?: LaunchPermission[] };
}

/** Checks the limits in the deployment's settings: no function attempts a call outside of them, even one that AWS refuses. */
export function bounds(trial: Trial): Violation[] {
  return [...outsideSettings(trial), ...changesOfWake(trial)];
}

/** An event may only make a state look and answer, and remove its document, even an event that comes twice or late. */
const changesOfWake = ({ simulation }: Trial): Violation[] =>
  simulation.cloud.calls
    .filter(({ by, action }) => by === 'Wake' && !/^(Get|Describe|List|SendTask)/.test(action))
    .filter(({ action, params }) => action !== 'DeleteObject' || !(params as { Key: string }).Key.startsWith('waits/'))
    .map(({ action }) => ({ invariant: 'within bounds', what: `wake called ${action}` }));

function outsideSettings({ simulation, scenario }: Trial): Violation[] {
  const settings = settingsOf(scenario);
  return simulation.cloud.calls
    .filter(({ by, action }) => by !== undefined && making.has(action))
    .flatMap((call): Violation[] => {
      const what = scenario.beyond ? 'although the start had to be refused' : outside(call, settings);
      return what === undefined
        ? []
        : [{ invariant: 'within bounds', what: `${call.by} called ${call.action} in ${call.region}, ${what}` }];
    });
}

/** Why a call is outside of the settings; undefined if it is inside. */
function outside({ action, region, params }: RecordedCall, settings: DeploymentSettings): string | undefined {
  const { Name = '', DocumentName, IamInstanceProfile, LaunchPermission, CreateVolumePermission } = params as Params;
  const listed = (list: 'any' | string[], text: string) => list === 'any' || list.includes(text);
  if (region !== pipelineHome && !listed(settings.regions, region))
    return 'a region that the setting regions leaves out';
  switch (action) {
    case 'RunInstances': {
      if (region !== pipelineHome) return 'and instances run in the home region only';
      const profile = IamInstanceProfile?.Name ?? 'no profile';
      const known = profile === settings.instanceProfile || listed(settings.instanceProfiles, profile);
      return known ? undefined : `with ${profile}`;
    }
    case 'ModifyImageAttribute':
    case 'ModifySnapshotAttribute': {
      const strangers = [...(LaunchPermission?.Add ?? []), ...(CreateVolumePermission?.Add ?? [])]
        .map((one) => one.UserId ?? one.OrganizationArn ?? one.OrganizationalUnitArn ?? `group ${one.Group}`)
        .filter((id) => !listed(settings.shareWith, id));
      return strangers.length > 0 ? `which gives it to ${strangers.join(', ')}` : undefined;
    }
    case 'SendCommand':
      return DocumentName === 'AWS-RunShellScript' || listed(settings.documents, DocumentName ?? '')
        ? undefined
        : `with the document ${DocumentName}`;
    case 'PutParameter':
      return Name.startsWith(`${settings.channelRoot}/`) ? undefined : `for ${Name}`;
    default:
      return undefined;
  }
}

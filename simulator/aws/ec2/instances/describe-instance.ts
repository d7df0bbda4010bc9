import { platformDetails } from '../images/describe-image.ts';
import { vcpusOf } from '../limits.ts';
import { tagList } from '../tags.ts';
import type { Region } from '../../state/region.ts';
import type { Instance, InstanceState } from '../../state/instances.ts';
import type { Volume } from '../../state/volumes.ts';

/** The network interface of an instance, and its security groups. */
function attached({ networkInterface, subnet, securityGroups }: Instance) {
  const Groups = securityGroups.map((GroupId) => ({ GroupId, GroupName: GroupId }));
  const place = { SubnetId: subnet.id, VpcId: subnet.vpc };
  return {
    NetworkInterfaces: [{ NetworkInterfaceId: networkInterface, ...place, Status: 'in-use', Groups }],
    SecurityGroups: Groups,
  };
}

/** An instance as RunInstances and DescribeInstances return it. */
export function describedInstance(region: Region, instance: Instance) {
  const { subnet, metadata, hardware } = instance;
  const gone = instance.state === 'terminated';
  return {
    InstanceId: instance.id,
    ImageId: instance.image,
    InstanceType: instance.type,
    State: describedState(instance.state),
    StateReason: instance.reason,
    StateTransitionReason: instance.reason?.Code.replace('Client.UserInitiatedShutdown', 'User initiated') ?? '',
    LaunchTime: new Date(instance.launchedAt),
    ...(instance.spotRequest && { InstanceLifecycle: 'spot', SpotInstanceRequestId: instance.spotRequest }),
    ClientToken: instance.clientToken ?? '',
    Placement: {
      AvailabilityZone: subnet.zone,
      GroupName: hardware.group ?? '',
      Tenancy: hardware.tenancy,
      HostId: hardware.hostId,
      HostResourceGroupArn: hardware.hostResourceGroup,
    },
    Licenses: hardware.licenses.map((LicenseConfigurationArn) => ({ LicenseConfigurationArn })),
    KeyName: instance.keyPair,
    SubnetId: gone ? undefined : subnet.id,
    VpcId: gone ? undefined : subnet.vpc,
    PrivateIpAddress: gone ? undefined : instance.privateIp,
    PrivateDnsName: gone ? '' : `ip-${instance.privateIp.replaceAll('.', '-')}.${instance.region}.compute.internal`,
    ...(gone ? { NetworkInterfaces: [], SecurityGroups: [] } : attached(instance)),
    IamInstanceProfile: instance.profileArn
      ? { Arn: instance.profileArn, Id: `AIPA${instance.id.slice(-17).toUpperCase()}` }
      : undefined,
    CpuOptions: { CoreCount: vcpusOf(instance.type), ThreadsPerCore: 1 },
    Architecture: instance.architecture,
    Platform: instance.system === 'Windows' ? 'windows' : undefined,
    PlatformDetails: platformDetails(instance.system),
    RootDeviceType: 'ebs',
    RootDeviceName: instance.rootDevice,
    // As in EC2, the answer for a newly launched instance has no disks.
    BlockDeviceMappings:
      instance.state === 'pending'
        ? []
        : attachedVolumes(region, instance.id).map(({ id, attachment }) => ({
            DeviceName: attachment?.device,
            Ebs: {
              VolumeId: id,
              Status: 'attached',
              DeleteOnTermination: attachment?.deleteOnTermination,
              AttachTime: new Date(attachment?.at ?? 0),
            },
          })),
    MetadataOptions: { State: 'applied', ...metadata },
    VirtualizationType: 'hvm',
    Hypervisor: 'xen',
    EnaSupport: true,
    BootMode: instance.bootMode,
    Monitoring: { State: 'disabled' },
    Tags: tagList(instance.tags),
  };
}

const stateCodes = { pending: 0, running: 16, 'shutting-down': 32, terminated: 48, stopping: 64, stopped: 80 };

export const describedState = (state: InstanceState) => ({ Code: stateCodes[state], Name: state });

/** Volumes attached to an instance: root first, then in mapping order. */
export const attachedVolumes = (region: Region, instance: string): Volume[] =>
  [...region.volumes.values()].filter((volume) => volume.attachment?.instance === instance);

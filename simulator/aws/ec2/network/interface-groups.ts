import type { ModifyNetworkInterfaceAttributeRequest } from '@aws-sdk/client-ec2';
import { ApiError, type Actions } from '../../calls/actions.ts';
import { strict } from '../../calls/strict.ts';
import { checkReach } from '../../ssm/agents.ts';
import type { World } from '../../state/world.ts';
import { groupById } from './describe-network.ts';
import { networkOf } from './network.ts';

/**
 * Replaces the security groups of an instance's network interface, which takes effect at once.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyNetworkInterfaceAttribute.html
 * The answer about a group of another VPC is in github.com/kubernetes-sigs/cluster-api-provider-aws/issues/3943.
 */
export const interfaceActions = (world: World): Actions => ({
  ModifyNetworkInterfaceAttribute: strict(
    'ec2:ModifyNetworkInterfaceAttribute',
    'NetworkInterfaceId Groups',
    ({ NetworkInterfaceId = '', Groups = [] }: ModifyNetworkInterfaceAttributeRequest, caller) => {
      const region = world.region(caller.region);
      const instance = [...region.instances.values()].find(
        (one) => one.networkInterface === NetworkInterfaceId && one.owner === caller.account,
      );
      if (!instance || instance.state === 'terminated') {
        const message = `The networkInterface ID '${NetworkInterfaceId}' does not exist`;
        throw new ApiError('InvalidNetworkInterfaceID.NotFound', message);
      }
      const { groups } = networkOf(world, region, caller.account);
      const wanted = Groups.map((id) => groupById(groups, id));
      if (wanted.length === 0)
        throw new ApiError('MissingParameter', 'You must specify at least one security group for the interface');
      if (wanted.some(({ vpc }) => vpc !== instance.subnet.vpc))
        throw new ApiError(
          'InvalidGroup.NotFound',
          'You have specified two resources that belong to different networks.',
        );
      instance.securityGroups = wanted.map(({ id }) => id);
      checkReach(world, instance);
      return {};
    },
  ),
});

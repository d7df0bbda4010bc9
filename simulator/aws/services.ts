import type { Actions } from './calls/actions.ts';
import type { Services } from './calls/attach.ts';
import { ec2Actions } from './ec2/ec2-actions.ts';
import type { EventBus } from './events/event-bus.ts';
import { cloudFormationActions } from './cloudformation/stacks.ts';
import { iamActions } from './iam.ts';
import { kmsActions } from './kms.ts';
import { serviceQuotasActions } from './quotas.ts';
import { putEventsActions } from './events/put-events.ts';
import { s3Actions } from './s3.ts';
import { secretsManagerActions } from './ssm/secrets.ts';
import { commandActions } from './ssm/commands.ts';
import { agentActions } from './ssm/agents.ts';
import { parameterActions } from './ssm/parameters.ts';
import { stsActions } from './sts.ts';
import type { World } from './state/world.ts';

export type SimulatedServices = Services & { ec2: Actions; ssm: Actions; s3: Actions };

/** Puts a service behind faults and limits. */
type Guard = (service: string, actions: Actions) => Actions;

/** The services that the simulated AWS has from the start. */
export const servicesOf = (world: World, events: EventBus, guarded: Guard): SimulatedServices => ({
  ec2: guarded('ec2', ec2Actions(world)),
  ssm: guarded('ssm', { ...parameterActions(world), ...agentActions(world), ...commandActions(world) }),
  s3: guarded('s3', s3Actions(world)),
  sts: guarded('sts', stsActions(world)),
  kms: guarded('kms', kmsActions(world)),
  iam: guarded('iam', iamActions(world)),
  secretsmanager: guarded('secretsmanager', secretsManagerActions(world)),
  servicequotas: guarded('servicequotas', serviceQuotasActions(world)),
  eventbridge: guarded('eventbridge', putEventsActions(world)),
  cloudformation: guarded('cloudformation', cloudFormationActions(world, events)),
});

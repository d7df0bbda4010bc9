import { channelsOf } from '../../core/recipe/catalog.ts';
import type { Catalog } from '../../core/recipe/types.ts';
import { ref, type Resources } from '../cloudformation.ts';
import type { ConfiguredDeployment } from '../settings/deployment.ts';
import { topicArn } from '../settings/notify.ts';
import { alarmsFor } from './alarms.ts';
import { dashboard } from './dashboard.ts';
import { topicResources } from './notifications.ts';

/** The dashboard, the alarms and the topic that the alarms go to. */
export function observabilityIn(deployment: ConfiguredDeployment, catalog: Catalog): Resources {
  const { name, notified, stack } = deployment;
  const recipes = channelsOf(catalog);
  const alarms = alarmsFor(recipes, deployment);
  // notify itself reports failed builds and moves, in more detail
  for (const [id, { Properties }] of Object.entries(alarms))
    if (notified && id !== 'BuildFailed' && id !== 'MoveNotDone')
      Properties['AlarmActions'] = [notified.address ? ref('Notifications') : topicArn(notified, name)];
  return {
    ...alarms,
    ...(notified?.address && topicResources(name, notified.address, stack.kmsKey)),
    Dashboard: dashboard(recipes, Object.keys(alarms), deployment),
  };
}

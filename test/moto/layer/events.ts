import { motoAccount, putEvent } from '../wire.ts';

/** What EC2 or SSM tells EventBridge. Account, region, id and time are set by moto's bus. */
export interface LayerEvent {
  region: string;
  /** The id of the instance, the AMI or the command. */
  about: string;
  source: string;
  type: string;
  resources: string[];
  detail: Record<string, unknown>;
}

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitoring-instance-state-changes.html */
export const instanceEvent = (region: string, id: string, state: string): LayerEvent => ({
  region,
  about: id,
  source: 'aws.ec2',
  type: 'EC2 Instance State-change Notification',
  resources: [`arn:aws:ec2:${region}:${motoAccount}:instance/${id}`],
  detail: { 'instance-id': id, state },
});

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitor-ami-events.html */
export const imageEvent = (region: string, id: string, state: string, error = ''): LayerEvent => ({
  region,
  about: id,
  source: 'aws.ec2',
  type: 'EC2 AMI State Change',
  resources: [`arn:aws:ec2:${region}::image/${id}`],
  detail: { RequestId: '11112222-3333-4444-5555-666677778888', ImageId: id, State: state, ErrorMessage: error },
});

/** https://docs.aws.amazon.com/systems-manager/latest/userguide/monitoring-systems-manager-event-examples.html */
export const commandEvent = (
  region: string,
  { id, instance, document, status }: { id: string; instance: string; document: string; status: string },
): LayerEvent => ({
  region,
  about: id,
  source: 'aws.ssm',
  type: 'EC2 Command Invocation Status-change Notification',
  resources: [`arn:aws:ec2:${region}:${motoAccount}:instance/${instance}`],
  detail: {
    'command-id': id,
    'document-name': document,
    'instance-id': instance,
    'requested-date-time': new Date().toISOString(),
    status,
  },
});

/** Sends events to moto's buses. AWS does so after the change. */
export interface Events {
  send(scenario: string, event: LayerEvent): void;
  /** The scenario whose functions made a thing, so that `wake` meets its faults. */
  scenarioOf(about: string): string | undefined;
  /** How many events of each type moto's buses took. */
  sent: Map<string, number>;
  /** Events that moto's buses did not take. */
  refused: string[];
  stop(): void;
}

export function createEvents(port: number, isLost: (scenario: string) => boolean): Events {
  const scenarios = new Map<string, string>();
  const sent = new Map<string, number>();
  const refused: string[] = [];
  const timers = new Set<NodeJS.Timeout>();
  async function put(event: LayerEvent) {
    const why = await putEvent(port, event);
    if (why) refused.push(`${event.type} of ${event.about}: ${why}`);
    else sent.set(event.type, (sent.get(event.type) ?? 0) + 1);
  }
  return {
    sent,
    refused,
    scenarioOf: (about) => scenarios.get(about),
    send(scenario, event) {
      scenarios.set(event.about, scenario);
      if (isLost(scenario)) return;
      // EventBridge takes about half a second.
      const timer = setTimeout(() => {
        timers.delete(timer);
        put(event).catch((error: unknown) => refused.push(String(error)));
      }, 300);
      timers.add(timer);
    },
    stop() {
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

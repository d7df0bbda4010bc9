import * as z from 'zod/mini';
import { readDocument } from '../../aws/memory/documents.ts';
import { awaitedIn } from '../../core/build/awaited-event.ts';
import { isTransient } from '../../core/errors.ts';
import { buildReference, lambda, stage } from '../stage.ts';
import { lookAndAnswer, withToken, type Look } from '../wait.ts';

/** The states that an event can wake, each with its look. Only the one that is needed is loaded. */
const looks: Record<string, () => Promise<Look<never, unknown> & { input: z.ZodMiniType<object> }>> = {
  AwaitBuilder: async () => (await import('../look-agent.ts')).agentLook('AwaitBuilder'),
  AwaitCandidate: async () => (await import('../look-agent.ts')).agentLook('AwaitCandidate'),
  AwaitCommand: async () => (await import('../look-command.ts')).commandLook('AwaitCommand'),
  AwaitCheck: async () => (await import('../look-command.ts')).commandLook('AwaitCheck'),
  AwaitImage: async () => (await import('../look-image.ts')).imageLook('AwaitImage'),
  AwaitSnapshots: async () => (await import('../look-snapshots.ts')).snapshotsLook,
  AwaitCopy: async () => (await import('../look-image.ts')).imageLook('AwaitCopy'),
  Seal: async () => (await import('../look-stopped.ts')).stoppedLook,
};

/** Wakes the state that waits for the thing of an event: takes its next look now. An event that comes twice or late changes nothing. */
export const wake = stage({
  name: 'Wake',
  input: z.looseObject({ 'detail-type': z.string(), region: z.string(), detail: z.record(z.string(), z.unknown()) }),
  permissions: [
    's3:DeleteObject',
    's3:GetObject',
    'ec2:DescribeImages',
    'ec2:DescribeInstances',
    'ec2:DescribeSnapshots',
    'ec2:DescribeVolumes',
    'ssm:DescribeInstanceInformation',
    'ssm:GetCommandInvocation',
    'ssm:ListCommandInvocations',
    'states:SendTaskSuccess',
    'states:SendTaskFailure',
  ],
  async run(event, cloud): Promise<string> {
    const awaited = awaitedIn(event);
    const waiting = awaited && (await readDocument(cloud, awaited, 'wait'));
    if (!waiting) return 'nobody waits for it';
    const own = z.safeParse(buildReference, waiting.input['build']);
    if (own.success) cloud.about(own.data);
    const look = Object.hasOwn(looks, waiting.state) ? await looks[waiting.state]?.() : undefined;
    // A deployment can change the states and their inputs while a build waits.
    const input = look && z.safeParse(withToken(look.input), waiting.input);
    if (!look || !input?.success)
      return `${waiting.state} of another version waits for it, so its heartbeat has to wake it`;
    try {
      const outcome = await lookAndAnswer(look, input.data as never, cloud, true);
      return `${waiting.state} of ${awaited?.id}: ${outcome}`;
    } catch (error) {
      // AWS throttles the answer, which the next look of the state repeats.
      if (isTransient(error)) return `${waiting.state}: ${(error as Error).message}`;
      throw error;
    }
  },
});

export const handler = lambda(wake);

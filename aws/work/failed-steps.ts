import { failedStepLine, failedStepOf } from '../../core/guest/steps/attempts.ts';
import type { Command } from '../../core/guest/command.ts';
import type { Plan } from '../../core/build/plan.ts';
import type { Invocation } from '../instances/commands.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { readDocument, write } from '../memory/documents.ts';
import { outputTail, withOutputNote } from './command-output.ts';

/** The actions that withGuestFindings calls. */
export const findingPermissions = ['s3:GetObject', 's3:ListBucket'];

/** Keeps the failure of a step after which the build goes on. Steps run one after the other, so nobody else writes. */
export async function recordFailedStep(
  artifacts: Artifacts,
  plan: Plan,
  command: Command,
  { command: id, invocation }: { command: string; invocation: Invocation | undefined },
): Promise<void> {
  if (!invocation) return;
  const before = (await readDocument(artifacts, plan, 'failedSteps')) ?? [];
  const failed = failedStepOf(command, id, invocation, await outputTail(artifacts, invocation));
  await write(artifacts, plan, 'failedSteps', [...before.filter((one) => one.command !== id), failed]);
}

/** Forgets the failure of a step that begins anew: on another builder, or in a retry on a held one. */
export async function forgetFailedStep(artifacts: Artifacts, plan: Plan, { name }: Command): Promise<void> {
  const before = (await readDocument(artifacts, plan, 'failedSteps')) ?? [];
  const others = before.filter((one) => one.name !== name);
  if (others.length < before.length) await write(artifacts, plan, 'failedSteps', others);
}

/**
 * Adds to the plan what its guests left for the manifest: the steps that failed and after which the build went on, and a note if
 * no output arrived. A build whose builder was not `provisioned` may have no output yet.
 */
export async function withGuestFindings<Known extends Plan | undefined>(
  cloud: Artifacts & { log: (line: Record<string, unknown>) => void },
  plan: Known,
  state: string,
  provisioned = true,
): Promise<Known> {
  const found = provisioned ? await withOutputNote(cloud, plan, state) : plan;
  if (!found?.provision.some(({ goesOn }) => goesOn)) return found;
  const failedSteps = await readDocument(cloud, found, 'failedSteps');
  if (!failedSteps || failedSteps.length === 0) return found;
  return { ...found, failedSteps, notes: [...(found.notes ?? []), ...failedSteps.map(failedStepLine)] };
}

import { executionSeconds, patience } from '../build/limits.ts';
import { slowRhythms } from '../build/rhythm.ts';
import type { Plan } from '../build/plan.ts';
import type { Role } from '../tags.ts';

// Beside its wait, a state may need time for retries while AWS is busy, and for the interval until the next look.
const slackSeconds = 6300;
// TerminateInstances, which has no wait, is retried for longer while AWS is busy.
const candidateSlackSeconds = 12_000;

/**
 * Seconds after which a healthy build no longer needs an instance that has not rebooted since. This is the sum of all waits at
 * their limits. It counts from a boot, so that it is the same whenever the build is started.
 */
export function selfDestructSeconds({ provision, checks, document }: Plan, role: Role): number {
  const commands = role === 'candidate' ? checks : provision;
  const waits = [patience.agent, ...commands.map(({ timeoutSeconds }) => patience.command(timeoutSeconds))];
  // A candidate is terminated after its checks. A builder is stopped, or must run until its image is made.
  // The rare looks at an image come up to two hours after its limit, and once more while AWS is busy.
  const image = patience.image(document) + 2 * slowRhythms.images.longest;
  if (role === 'builder') waits.push(document.image.capture === 'running' ? image : patience.stop);
  const seconds = waits.reduce(
    (sum, wait) => sum + wait + slackSeconds,
    role === 'candidate' ? candidateSlackSeconds : slackSeconds,
  );
  return Math.min(seconds, executionSeconds);
}

/**
 * What EC2 does with an instance that shuts itself down. Sysprep shuts a Windows builder down before its image is made, so a
 * Windows builder must only stop. If its timer ends it, the sweep terminates it later.
 */
export const shutdownBehavior = ({ source }: Plan, role: Role): 'stop' | 'terminate' =>
  role === 'builder' && source.windows ? 'stop' : 'terminate';

/**
 * User data that powers an instance off the given time after each boot, if nothing has ended it before. It exists only in the
 * running system, so it does not get into the image.
 */
export function selfDestruct(plan: Plan, role: Role): string {
  const seconds = selfDestructSeconds(plan, role);
  return plan.source.windows ? windows(seconds) : linux(seconds);
}

const why = `# golden-image pipeline: ends this temporary instance should nobody else do so. It counts anew from every boot.`;

// A boothook runs at every boot and, unlike bootcmd, replaces nothing that the image configures. Systemd starts timers only after
// cloud-init's first stages. Waiting for one here would hang the boot, and so would an open output.
const linux = (seconds: number) => `#cloud-boothook
#!/bin/sh
${why}
{
  systemd-run --unit=golden-self-destruct --on-boot=${seconds}s poweroff -f || { sleep ${seconds}; poweroff -f; }
} </dev/null >/dev/null 2>&1 &
exit 0
`;

// `shutdown /t` would block every reboot that a step asks for (error 1190). A scheduled task would be in the image. A process
// made by WMI survives the script that started it.
const windows = (seconds: number) => `<powershell>
${why}
Invoke-CimMethod -ClassName Win32_Process -MethodName Create -Arguments @{
  CommandLine = 'powershell.exe -NoProfile -NonInteractive -WindowStyle Hidden -Command "Start-Sleep -Seconds ${seconds}; shutdown.exe /s /f /t 0"'
}
</powershell>
<persist>true</persist>
`;

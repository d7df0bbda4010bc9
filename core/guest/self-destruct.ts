import { executionSeconds, patience } from '../build/limits.ts';
import type { Plan } from '../build/plan.ts';
import type { Role } from '../tags.ts';

// Beside its wait, a state may need its retries while AWS is busy, and the time until the next look.
const slackSeconds = 6300;

/**
 * Seconds after a boot within which a healthy build has no more use for an instance that has not rebooted since: every wait
 * it must run through, to the end of its bound. Relative to a boot, so that it is the same whenever the build is started.
 */
export function selfDestructSeconds({ provision, checks, document }: Plan, role: Role): number {
  const commands = role === 'candidate' ? checks : provision;
  const waits = [patience.agent, ...commands.map(({ timeoutSeconds }) => patience.command(timeoutSeconds))];
  // A candidate is terminated after its checks. A builder is stopped, or has to run until its image is made.
  if (role === 'builder') waits.push(document.image.capture === 'running' ? patience.image(document) : patience.stop);
  const seconds = waits.reduce((sum, wait) => sum + wait + slackSeconds, slackSeconds);
  return Math.min(seconds, executionSeconds);
}

/**
 * What EC2 does with an instance that shuts itself down. Sysprep shuts a Windows builder down for its image, so that builder
 * only stops when the timer ends it: the sweep terminates it.
 */
export const shutdownBehavior = ({ source }: Plan, role: Role): 'stop' | 'terminate' =>
  role === 'builder' && source.windows ? 'stop' : 'terminate';

/**
 * User data with which an instance powers itself off that long after each of its boots, should nobody have ended it before.
 * All of it lives in the running system, so nothing of it is in the image.
 */
export function selfDestruct(plan: Plan, role: Role): string {
  const seconds = selfDestructSeconds(plan, role);
  return plan.source.windows ? windows(seconds) : linux(seconds);
}

const why = `# golden-image pipeline: ends this temporary instance should nobody else do so. It counts anew from every boot.`;

// A boothook runs at every boot and, unlike bootcmd, takes the place of nothing that the image configures. Systemd starts
// timers only after cloud-init's first stages, so waiting for one here would hang the boot; so would an open output.
const linux = (seconds: number) => `#cloud-boothook
#!/bin/sh
${why}
{
  systemd-run --unit=golden-self-destruct --on-boot=${seconds}s poweroff -f || { sleep ${seconds}; poweroff -f; }
} </dev/null >/dev/null 2>&1 &
exit 0
`;

// `shutdown /t` would be in the way of every reboot that a step asks for (error 1190), a scheduled task would be in the image.
// A process made by WMI does not end with the script that asked for it.
const windows = (seconds: number) => `<powershell>
${why}
Invoke-CimMethod -ClassName Win32_Process -MethodName Create -Arguments @{
  CommandLine = 'powershell.exe -NoProfile -NonInteractive -WindowStyle Hidden -Command "Start-Sleep -Seconds ${seconds}; shutdown.exe /s /f /t 0"'
}
</powershell>
<persist>true</persist>
`;

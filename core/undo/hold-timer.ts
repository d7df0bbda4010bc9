import type { Command } from '../guest/command.ts';
import { powerShell, shell } from '../guest/remote/step-script.ts';

const timeoutSeconds = 60;

const startOnWindows = (command: string) => `Invoke-CimMethod -ClassName Win32_Process -MethodName Create -Arguments @{
  CommandLine = 'powershell.exe -NoProfile -NonInteractive -WindowStyle Hidden -Command "${command}"'
} | Out-Null`;

/**
 * The command that makes a held instance end itself. It needs nothing of the pipeline. The timer of the boot runs on, so that an
 * instance whose agent does not answer ends, too. A Windows builder only stops, and the sweep terminates it.
 */
export const startHoldTimer = (windows: boolean, seconds: number): Command => ({
  index: 0,
  name: 'hold',
  timeoutSeconds,
  ...(windows
    ? powerShell(
        startOnWindows(`Start-Sleep -Seconds ${seconds}; shutdown.exe /s /f /t 0 # golden-hold`),
        timeoutSeconds,
      )
    : shell(
        `#!/bin/sh
systemctl stop golden-hold.timer golden-hold.service 2>/dev/null
exec systemd-run --unit=golden-hold --on-active=${seconds}s poweroff -f
`,
        timeoutSeconds,
      )),
});

const stopName = 'end of hold';

/** The steps among the commands of a plan: all but those with which earlier retries began. */
export const stepsOf = (commands: Command[]): Command[] =>
  commands.filter(({ name }) => !name.startsWith(`${stopName} `));

// All timers are processes with this command, that of the boot as well.
const timersOfWindows = `Get-CimInstance Win32_Process -Filter "Name = 'powershell.exe'" | Where-Object { $_.CommandLine -like '*Start-Sleep*shutdown.exe /s /f /t 0*' } |
  Invoke-CimMethod -MethodName Terminate | Out-Null`;

/**
 * The command that the n-th retry begins with on a held instance. It stops the timer of the hold, and lets the timer of the boot
 * count anew, because a retry and another hold may need all of its time again. Its number tells it from those of other retries.
 */
export const stopHoldTimer = (index: number, retry: number, windows: boolean, seconds: number): Command => ({
  index,
  name: `${stopName} ${retry}`,
  timeoutSeconds,
  ...(windows
    ? powerShell(
        `${timersOfWindows}\n${startOnWindows(`Start-Sleep -Seconds ${seconds}; shutdown.exe /s /f /t 0`)}`,
        timeoutSeconds,
      )
    : shell(
        `#!/bin/sh
systemctl stop golden-hold.timer golden-hold.service golden-self-destruct.timer golden-self-destruct.service 2>/dev/null
exec systemd-run --unit=golden-self-destruct --on-active=${seconds}s poweroff -f
`,
        timeoutSeconds,
      )),
});

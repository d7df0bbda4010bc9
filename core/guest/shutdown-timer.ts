/**
 * User data that powers an instance off the given time after each boot, if nothing has ended it before. It exists only in the
 * running system, so it does not get into the image.
 */
export const timer = (isWindows: boolean, seconds: number): string => (isWindows ? windows(seconds) : linux(seconds));

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

/**
 * What must not be in an image: host keys, passwords, authorized keys, histories, logs and the identity of this very
 * instance. Runs as the last command of a builder. What stays behind is an error, since every server would carry it.
 */
export const sanitizeLinux = `#!/bin/bash
set -uo pipefail
shopt -s nullglob
passwd -l root >/dev/null 2>&1
for file in /etc/ssh/ssh_host_*_key /etc/ssh/ssh_host_*_key.pub; do shred -u "$file" || rm -f "$file"; done
for file in /root/.ssh/authorized_keys /home/*/.ssh/authorized_keys; do shred -u "$file" || rm -f "$file"; done
rm -f /root/.*_history /home/*/.*_history /root/.lesshst /home/*/.lesshst
if command -v cloud-init >/dev/null; then cloud-init clean --logs; fi
rm -rf /var/lib/cloud/instances/* /var/tmp/* /var/lib/dhclient/* /var/lib/dhcp/*
rm -f /var/lib/systemd/random-seed /var/lib/systemd/timers/stamp-*
truncate -s 0 /etc/machine-id
[ -e /var/lib/dbus/machine-id ] && [ ! -L /var/lib/dbus/machine-id ] && rm -f /var/lib/dbus/machine-id
journalctl --rotate >/dev/null 2>&1 && journalctl --vacuum-time=1s >/dev/null 2>&1
find /var/log -type f \\( -name '*.gz' -o -name '*.[0-9]' -o -name '*-20[0-9][0-9]*' \\) -delete
find /var/log -type f -exec truncate -s 0 {} +
# every script of the recipe and its output, but for the folder that this very command runs from
for folder in /var/lib/amazon/ssm/*/document/orchestration/*; do
  case "$0" in "$folder"/*) ;; *) rm -rf "$folder" ;; esac
done
left=(/etc/ssh/ssh_host_*_key /root/.ssh/authorized_keys /home/*/.ssh/authorized_keys)
for file in "\${left[@]}"; do if [ -e "$file" ]; then echo "still there: $file" >&2; exit 1; fi; done
sync
exit 0`;

/** What EC2's document for Sysprep leaves: it runs after this, and shuts the instance down. */
export const sanitizeWindows = `Remove-Item -Force -ErrorAction SilentlyContinue "$env:APPDATA\\Microsoft\\Windows\\PowerShell\\PSReadLine\\ConsoleHost_history.txt"
Get-ChildItem "$env:SystemRoot\\Temp", $env:TEMP -ErrorAction SilentlyContinue | Remove-Item -Recurse -Force -ErrorAction SilentlyContinue`;

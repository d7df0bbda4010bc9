#!/bin/bash
# Puts a file system with the label LABEL on the disk of the volume workspaces, and mounts it at MOUNT at each boot. Safe to run again.
set -euo pipefail

if [[ ! -e /dev/disk/by-label/$LABEL ]]; then
  mkfs.xfs -L "$LABEL" "$GOLDEN_DISK_WORKSPACES"
  udevadm settle
fi
mkdir -p "$MOUNT"
# nofail: a server whose disk is missing still boots, so that somebody can look.
line="LABEL=$LABEL $MOUNT xfs defaults,noatime,nofail 0 2"
grep -qxF -- "$line" /etc/fstab || printf '%s\n' "$line" >>/etc/fstab
systemctl daemon-reload
mountpoint --quiet "$MOUNT" || mount "$MOUNT"
# Servers may get a larger disk than the image has.
install -D -m 0644 /dev/stdin /etc/systemd/system/golden-grow.service <<UNIT
[Unit]
Description=Grow the file system at $MOUNT to its disk
RequiresMountsFor=$MOUNT

[Service]
Type=oneshot
ExecStart=/usr/sbin/xfs_growfs $MOUNT

[Install]
WantedBy=multi-user.target
UNIT
systemctl enable golden-grow

#!/bin/bash
# Docker Engine from Docker's apt repository, whose key must be the one named here. Safe to run again.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1

readonly fingerprint=9DC858229FC7DD38854AE2D88D81803C0EBFCD88
readonly keyring=/etc/apt/keyrings/docker.asc
readonly disk=/dev/disk/by-label/docker

apt_get() { apt-get -y -o DPkg::Lock::Timeout=600 "$@"; }
# The lock timeout is for dpkg: update does not wait while a timer of the system reads the package lists.
apt_update() {
  local try
  for try in {1..20}; do
    if apt-get update; then return; fi
    printf 'apt-get update failed, try %s of 20\n' "$try" >&2
    sleep 15
  done
  return 1
}

apt_update
apt_get install --no-install-recommends ca-certificates curl gpg busybox-static xfsprogs

download=$(mktemp)
trap 'rm -f "$download"' EXIT
curl --fail --silent --show-error --location --retry 5 --proto '=https' \
  --output "$download" https://download.docker.com/linux/ubuntu/gpg

# All primary keys of the file, not only the first: apt would trust each of them.
found=$(gpg --show-keys --with-colons "$download" | awk -F: '$1 == "pub" { primary = 1 } $1 == "fpr" && primary { print $10; primary = 0 }')
if [[ $found != "$fingerprint" ]]; then
  printf 'the signing key of download.docker.com is %s, expected %s\n' "$found" "$fingerprint" >&2
  exit 1
fi
install -D -m 0644 "$download" "$keyring"

# shellcheck source=/dev/null
codename=$(. /etc/os-release && printf '%s' "$VERSION_CODENAME")
printf 'deb [arch=%s signed-by=%s] https://download.docker.com/linux/ubuntu %s stable\n' \
  "$(dpkg --print-architecture)" "$keyring" "$codename" >/etc/apt/sources.list.d/docker.list

# The second disk must be in place before the engine first writes: volumes and logs go to /var/lib/docker, images and layers
# to containerd's /var/lib/containerd (Docker Engine 29 and later).
if [[ ! -e $disk ]]; then
  root=$(lsblk --noheadings --output PKNAME "$(findmnt --noheadings --output SOURCE /)")
  spare=$(lsblk --noheadings --nodeps --output NAME,TYPE | awk -v root="$root" '$2 == "disk" && $1 != root { print $1; exit }')
  mkfs.xfs -L docker "/dev/$spare"
  udevadm settle
fi
readonly mount=/mnt/docker
mkdir -p "$mount" /var/lib/docker /var/lib/containerd
fstab() { grep -qxF -- "$1" /etc/fstab || printf '%s\n' "$1" >>/etc/fstab; }
fstab "LABEL=docker $mount xfs defaults,noatime,nofail 0 2"
fstab "$mount/docker /var/lib/docker none bind,nofail,x-systemd.requires-mounts-for=$mount 0 0"
fstab "$mount/containerd /var/lib/containerd none bind,nofail,x-systemd.requires-mounts-for=$mount 0 0"
systemctl daemon-reload
mountpoint --quiet "$mount" || mount "$mount"
install -d -m 0710 "$mount/docker"
install -d -m 0711 "$mount/containerd"
for folder in /var/lib/docker /var/lib/containerd; do mountpoint --quiet "$folder" || mount "$folder"; done
# nofail lets a host boot without the disk. Neither service may then start, and write to the root disk.
for service in docker containerd; do
  install -D -m 0644 /dev/stdin "/etc/systemd/system/$service.service.d/disk.conf" <<'UNIT'
[Unit]
RequiresMountsFor=/var/lib/docker /var/lib/containerd
UNIT
done
systemctl daemon-reload

install -D -m 0644 /dev/stdin /etc/docker/daemon.json <<'JSON'
{
  "log-driver": "local",
  "log-opts": { "max-size": "20m", "max-file": "5" },
  "live-restore": true,
  "no-new-privileges": true,
  "userland-proxy": false
}
JSON

apt_update
apt_get install docker-ce docker-ce-cli containerd.io docker-buildx-plugin docker-compose-plugin
systemctl enable docker containerd
systemctl restart docker
docker version

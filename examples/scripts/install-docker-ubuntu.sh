#!/bin/bash
# Docker Engine from Docker's apt repository, whose key must be the one named here. Safe to run again.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive

readonly fingerprint=9DC858229FC7DD38854AE2D88D81803C0EBFCD88
readonly keyring=/etc/apt/keyrings/docker.asc
readonly disk=/dev/disk/by-label/docker

apt_get() { apt-get -y -o DPkg::Lock::Timeout=600 "$@"; }

apt_get update
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

# The second disk must be in place before the engine first writes to /var/lib/docker.
if [[ ! -e $disk ]]; then
  root=$(lsblk --noheadings --output PKNAME "$(findmnt --noheadings --output SOURCE /)")
  spare=$(lsblk --noheadings --nodeps --output NAME,TYPE | awk -v root="$root" '$2 == "disk" && $1 != root { print $1; exit }')
  mkfs.xfs -L docker "/dev/$spare"
  udevadm settle
fi
mkdir -p /var/lib/docker
if ! grep -q 'LABEL=docker' /etc/fstab; then
  printf 'LABEL=docker /var/lib/docker xfs defaults,noatime,nofail 0 2\n' >>/etc/fstab
fi
systemctl daemon-reload
mountpoint --quiet /var/lib/docker || mount /var/lib/docker

install -D -m 0644 /dev/stdin /etc/docker/daemon.json <<'JSON'
{
  "log-driver": "local",
  "log-opts": { "max-size": "20m", "max-file": "5" },
  "live-restore": true,
  "no-new-privileges": true,
  "userland-proxy": false
}
JSON

apt_get update
apt_get install docker-ce docker-ce-cli containerd.io docker-buildx-plugin docker-compose-plugin
systemctl enable docker containerd
systemctl restart docker
docker version

import { linuxInventory } from './inventory-scripts.ts';

/** Path patterns of files that may stay although they look like credentials, as a shell array. The schema admits no quotes. */
const quoted = (patterns: string[]): string => patterns.map((pattern) => `'${pattern}'`).join(' ');

/**
 * Searches every disk of the image for credentials. It skips what packages install (/usr, /boot), what container engines and
 * snapd keep, and files above 64 kB. It looks for a line of its own that begins a private key, since a program may mention one.
 */
const credentialsLeft = `
# what looks like a credential and is still there
for tool in find grep sort tr xargs; do
  if ! command -v "$tool" >/dev/null; then echo "cannot look for credentials without $tool" >&2; failed=1; fi
done
disks=(/)
mounts=$(cat /proc/mounts 2>/dev/null)
while read -r _ point type _; do
  case $type in ext[234] | xfs | btrfs | vfat) printf -v point '%b' "$point" && disks+=("$point") ;; esac
done <<<"$mounts"
skipped=(/proc /sys /dev /run /boot /snap /lib /lib64 /bin /sbin /var/cache /var/lib/amazon /var/lib/containerd /var/lib/containers
  /var/lib/docker /var/lib/dpkg /var/lib/rpm /var/lib/snapd)
prune=()
for path in "\${skipped[@]}" /usr/[!l]* /usr/l[!o]*; do prune+=(-path "$path" -prune -o); done
names='(authorized_keys2?|id_(rsa|dsa|ecdsa|ed25519)(_sk)?|ssh_host_.*_key|[._]netrc|\\.git-credentials|\\.pgpass|\\.vault-token|.*\\.ppk|.*\\.kdbx'
names+='|\\.aws/credentials|\\.azure/(msal_token_cache|accessTokens).*|gcloud/(credentials|access_tokens)\\.db|application_default_credentials\\.json'
names+='|gh/hosts\\.yml|credentials\\.tfrc\\.json|ubuntu-advantage/private/machine-token\\.json)'
texts='^-----BEGIN ([A-Z0-9]+ )*PRIVATE KEY( BLOCK)?-----[[:space:]]*$'
texts+='|(aws_secret_access_key|AWS_SECRET_ACCESS_KEY|SecretAccessKey)["'"'"']?[[:blank:]]*[=:][[:blank:]]*["'"'"']?[A-Za-z0-9/+]{40}'
settings='"auth"[[:blank:]]*:[[:blank:]]*"[^"]|"identitytoken"|(_authToken|_auth|_password)[[:blank:]]*=|client-key-data:|^[[:blank:]]*(token|password)[[:blank:]]*[:=]|[[:blank:]]password[[:blank:]]'
find_files() { find "\${disks[@]}" -xdev "\${prune[@]}" -type f -size +0 -size -64k "$@" -print0 2>/dev/null; }
found=$({
  find_files -regextype posix-extended -regex ".*/$names" | tr '\\0' '\\n'
  find_files | xargs -0 -r grep -lIEs -e "$texts" --
  find_files -regextype posix-extended -regex '.*/(\\.docker/config\\.json|\\.dockercfg|containers/auth\\.json|\\.npmrc|\\.pypirc|\\.my\\.cnf|\\.kube/config|kubeconfig|.*\\.kubeconfig|kubernetes/.*\\.conf|apt/auth\\.conf(\\.d/.*)?)' |
    xargs -0 -r grep -lIEs -e "$settings" --
} | sort -u)
left=()
while IFS= read -r path; do
  if [[ -n $path ]] && ! is_allowed "$path"; then left+=("$path"); fi
done <<<"$found"`;

// These texts contain no ${…}. esbuild keeps a text that has one, even in functions that never use the text.
/** What the script removes, in order. */
const removal = `
is_allowed() {
  local pattern
  # shellcheck disable=SC2053 # patterns, on purpose
  for pattern in \${allowed[@]+"\${allowed[@]}"}; do [[ $1 == $pattern ]] && return 0; done
  return 1
}
discard() {
  local path
  for path in "$@"; do
    [[ -e $path || -L $path ]] || continue
    if is_allowed "$path"; then continue; fi
    if [[ -f $path && ! -L $path ]]; then shred -u "$path" 2>/dev/null || rm -f "$path"; else rm -rf "$path"; fi
    if [[ -e $path || -L $path ]]; then echo "cannot be removed: $path" >&2; failed=1; fi
  done
}
# mentions PATTERN FILE...: removes the files whose text has the pattern, e.g. settings that hold a password.
mentions() {
  local pattern=$1 path
  shift
  for path in "$@"; do if grep -Eqs -- "$pattern" "$path"; then discard "$path"; fi; done
}

# journals
if command -v journalctl >/dev/null; then
  journalctl --rotate >/dev/null 2>&1
  journalctl --relinquish-var >/dev/null 2>&1 # journald writes to memory until the shutdown
  journalctl --vacuum-time=1s >/dev/null 2>&1
fi
rm -rf /var/log/journal/*

# accounts, their keys and their histories
passwd -l root >/dev/null 2>&1
discard /etc/ssh/ssh_host_*_key /etc/ssh/ssh_host_*_key.pub /etc/ssh/ssh_host_*_key-cert.pub
homes=(/root /home/*)
while IFS=: read -r _ _ _ _ _ home _; do
  case $home in /home/?* | /opt/?* | /srv/?* | /var/lib/?*) [[ -d $home ]] && homes+=("$home") ;; esac
done </etc/passwd
for home in "\${homes[@]}"; do
  discard "$home"/.ssh/authorized_keys* "$home"/.ssh/id_* "$home"/.ssh/known_hosts*
  discard "$home"/.*_history "$home"/.lesshst "$home"/.viminfo "$home"/.wget-hsts "$home"/.Xauthority
  discard "$home"/.aws/credentials "$home"/.aws/{sso,cli,login}/cache "$home"/.netrc "$home"/.git-credentials "$home"/.pgpass
  discard "$home"/.vault-token "$home"/.kube/{config,cache} "$home"/.azure "$home"/.config/gcloud "$home"/.config/gh/hosts.yml
  discard "$home"/.terraform.d/credentials.tfrc.json "$home"/.gnupg/private-keys-v1.d "$home"/.gnupg/secring.gpg
  mentions '"(auth|identitytoken)"' "$home"/.docker/config.json "$home"/.dockercfg "$home"/.config/containers/auth.json
  mentions '(_authToken|_auth|_password)[[:blank:]]*=' "$home"/.npmrc
  mentions '^[[:blank:]]*password' "$home"/.pypirc "$home"/.my.cnf
done
for home in /root /home/*; do discard "$home"/.cache; done

# what this instance was told and has found out about itself
if command -v cloud-init >/dev/null; then cloud-init clean --logs; fi
rm -rf /var/lib/cloud/instances/* /var/lib/dhclient/* /var/lib/dhcp/* /var/lib/NetworkManager/*
rm -f /var/lib/systemd/random-seed /var/lib/systemd/credential.secret /var/lib/systemd/timers/stamp-* /boot/efi/loader/random-seed
rm -rf /var/lib/systemd/coredump/* /var/crash/* /etc/pki/consumer/*
if command -v registercloudguest >/dev/null; then registercloudguest --clean >/dev/null 2>&1; fi
discard /etc/zypp/credentials.d/*
# Debian and Ubuntu make a name where the file asks for it, others where there is none.
if [[ -e /etc/iscsi/initiatorname.iscsi && -e /etc/debian_version ]]; then echo 'GenerateName=yes' >/etc/iscsi/initiatorname.iscsi
else rm -f /etc/iscsi/initiatorname.iscsi; fi

# what the build leaves behind
rm -rf /tmp/* /var/tmp/* /var/lib/golden-step.*
rm -rf /var/cache/dnf/* /var/cache/yum/* /var/cache/libdnf5/* /var/cache/zypp/* /var/cache/apt/archives/*.deb /var/cache/apt/*.bin /var/lib/apt/lists/*
# a swap file or disk holds pages of memory; zram is memory
swaps=$(cat /proc/swaps 2>/dev/null)
while read -r swap _; do
  case $swap in /dev/zram* | Filename | '') continue ;; esac
  uuid=$(blkid -s UUID -o value "$swap")
  bytes=$(stat -c %s "$swap")
  [[ -b $swap ]] && bytes=$(blockdev --getsize64 "$swap")
  swapoff "$swap" && head -c "$bytes" /dev/zero | dd of="$swap" bs=1M conv=notrunc,fsync status=none && mkswap \${uuid:+-U "$uuid"} "$swap" >/dev/null
done <<<"$swaps"
find /var/log -type f \\( -name '*.gz' -o -name '*.xz' -o -name '*.[0-9]' -o -name '*-20[0-9][0-9]*' \\) -delete
find /var/log -type f -exec truncate -s 0 {} +
# every script of the recipe and its output, but for the folder that this very command runs from
for folder in /var/lib/amazon/ssm/*/document/orchestration/*; do
  case "$0" in "$folder"/*) ;; *) rm -rf "$folder" ;; esac
done

truncate -s 0 /etc/machine-id
if [[ -e /var/lib/dbus/machine-id && ! -L /var/lib/dbus/machine-id ]]; then rm -f /var/lib/dbus/machine-id; fi
`;

/** What the script refuses after that. */
const refusal = `
if ((\${#left[@]} > 0)); then
  printf 'this file looks like a credential: %s\\n' "\${left[@]}" >&2
  echo 'every server of the image would have it; remove it in a step, or name it in image.allowFiles' >&2
  failed=1
fi
echo 'sanitized' # every builder prints something, by which the build knows whether output arrives in the bucket
sync
exit "$failed"
`;

/**
 * Removes from a Linux disk what must not be in an image: keys, passwords, histories, caches, logs and the instance's own
 * identity. It runs as the last command of a builder. A remaining file that looks like a credential fails the build, since every
 * server would carry it. Journals go before the machine id, since journald finds them by it.
 */
export const sanitizeLinux = (allowFiles: string[] = []): string => `#!/bin/bash
set -uo pipefail
shopt -s nullglob dotglob
allowed=(${quoted(allowFiles)})
failed=0
${linuxInventory}${removal}${credentialsLeft}${refusal}`;

#!/bin/bash
# Hardens Amazon Linux 2023. Safe to run again: every file is written whole, every command states the wanted end.
set -euo pipefail

# put MODE PATH: writes PATH from stdin, owned by root.
put() {
  local mode=$1 path=$2
  install -D -o root -g root -m "$mode" /dev/stdin "$path"
}

log() { printf '== %s\n' "$*"; }

log 'packages nobody should find on a server'
unwanted=()
for package in telnet rsh ypbind ypserv tftp tftp-server talk talk-server rpcbind vsftpd xinetd; do
  if rpm --quiet -q "$package"; then unwanted+=("$package"); fi
done
if ((${#unwanted[@]} > 0)); then dnf -y remove "${unwanted[@]}"; fi
dnf -y install audit chrony

log 'sshd'
# sshd takes the first value it reads, and the main file includes this folder first.
put 0600 /etc/ssh/sshd_config.d/00-hardening.conf <<'CONF'
PermitRootLogin no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitEmptyPasswords no
HostbasedAuthentication no
IgnoreRhosts yes
X11Forwarding no
AllowAgentForwarding no
PermitUserEnvironment no
MaxAuthTries 4
MaxSessions 10
LoginGraceTime 60
ClientAliveInterval 300
ClientAliveCountMax 3
LogLevel VERBOSE
Banner /etc/issue.net
CONF
put 0644 /etc/issue.net <<<'Authorized use only. Activity is recorded.'
put 0644 /etc/issue <<<'Authorized use only. Activity is recorded.'
# The image carries no host keys, but without any the test below cannot run.
ssh-keygen -A
sshd -t
systemctl reload-or-restart sshd

log 'kernel settings'
put 0644 /etc/sysctl.d/90-hardening.conf <<'CONF'
kernel.kptr_restrict = 2
kernel.dmesg_restrict = 1
kernel.yama.ptrace_scope = 1
kernel.randomize_va_space = 2
kernel.unprivileged_bpf_disabled = 1
kernel.sysrq = 0
fs.suid_dumpable = 0
fs.protected_hardlinks = 1
fs.protected_symlinks = 1
fs.protected_fifos = 2
fs.protected_regular = 2
net.core.bpf_jit_harden = 2
net.ipv4.tcp_syncookies = 1
net.ipv4.icmp_echo_ignore_broadcasts = 1
net.ipv4.icmp_ignore_bogus_error_responses = 1
net.ipv4.conf.all.accept_redirects = 0
net.ipv4.conf.default.accept_redirects = 0
net.ipv4.conf.all.secure_redirects = 0
net.ipv4.conf.default.secure_redirects = 0
net.ipv4.conf.all.send_redirects = 0
net.ipv4.conf.default.send_redirects = 0
net.ipv4.conf.all.accept_source_route = 0
net.ipv4.conf.default.accept_source_route = 0
net.ipv4.conf.all.log_martians = 1
# Loose mode: strict drops the traffic of a second network interface.
net.ipv4.conf.all.rp_filter = 2
net.ipv4.conf.default.rp_filter = 2
net.ipv6.conf.all.accept_redirects = 0
net.ipv6.conf.default.accept_redirects = 0
net.ipv6.conf.all.accept_source_route = 0
net.ipv6.conf.default.accept_source_route = 0
CONF
sysctl --quiet --system

log 'kernel modules a server never loads'
for module in cramfs freevxfs hfs hfsplus jffs2 udf usb-storage dccp sctp rds tipc; do
  printf 'install %s /bin/false\nblacklist %s\n' "$module" "$module"
done | put 0644 /etc/modprobe.d/hardening.conf

log 'audit'
put 0640 /etc/audit/rules.d/50-hardening.rules <<'CONF'
-w /etc/passwd -p wa -k identity
-w /etc/group -p wa -k identity
-w /etc/shadow -p wa -k identity
-w /etc/gshadow -p wa -k identity
-w /etc/sudoers -p wa -k privilege
-w /etc/sudoers.d/ -p wa -k privilege
-w /etc/ssh/ -p wa -k sshd
-w /etc/audit/ -p wa -k audit
-w /etc/systemd/system/ -p wa -k persistence
-w /etc/cron.d/ -p wa -k persistence
-a always,exit -F arch=b64 -S adjtimex,settimeofday,clock_settime -F key=time
-a always,exit -F arch=b64 -S init_module,finit_module,delete_module -F key=modules
-a always,exit -F arch=b64 -S mount,umount2 -F auid>=1000 -F auid!=unset -F key=mounts
-a always,exit -F arch=b64 -S execve -C uid!=euid -F euid=0 -F key=setuid
CONF
# This rule of the distribution turns every syscall rule above off.
sed -i -E '/^-a (never,task|task,never)$/s/^/# /' /etc/audit/rules.d/*.rules
sed -i -E \
  -e 's/^max_log_file *=.*/max_log_file = 32/' \
  -e 's/^num_logs *=.*/num_logs = 8/' \
  -e 's/^max_log_file_action *=.*/max_log_file_action = ROTATE/' \
  /etc/audit/auditd.conf
systemctl enable auditd
augenrules --load

log 'umask, core dumps, time-outs'
put 0644 /etc/profile.d/hardening.sh <<'CONF'
umask 027
CONF
sed -i -E 's/^UMASK[[:space:]].*/UMASK 027/' /etc/login.defs
put 0644 /etc/security/limits.d/90-no-core-dumps.conf <<<'* hard core 0'
put 0644 /etc/systemd/coredump.conf.d/90-off.conf <<'CONF'
[Coredump]
Storage=none
ProcessSizeMax=0
CONF

log 'accounts and scheduled jobs'
passwd --lock root >/dev/null
for path in /etc/crontab /etc/cron.d /etc/cron.hourly /etc/cron.daily /etc/cron.weekly /etc/cron.monthly; do
  if [[ -e $path ]]; then chmod go-rwx "$path"; fi
done

log 'clock'
# The Amazon Time Sync Service is link-local: no route to the internet is needed.
put 0644 /etc/chrony.d/90-amazon-time-sync.sources <<<'server 169.254.169.123 prefer iburst minpoll 4 maxpoll 4'
if ! grep -Eq '^sourcedir +/etc/chrony\.d' /etc/chrony.conf; then
  printf 'sourcedir /etc/chrony.d\n' >>/etc/chrony.conf
fi
systemctl enable chronyd
systemctl restart chronyd

log 'journal'
put 0644 /etc/systemd/journald.conf.d/90-limits.conf <<'CONF'
[Journal]
Storage=persistent
Compress=yes
SystemMaxUse=500M
SystemMaxFileSize=50M
MaxRetentionSec=1month
CONF
systemctl restart systemd-journald

log 'done'

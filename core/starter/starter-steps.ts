import type { Patching } from './distributions.ts';

// The sections `provision` and `checks` of a first recipe: patched, booted into the new kernel, and looked at.

const reboot = `  - name: boot the new kernel # so that the checks and the image see what users will
    reboot: true`;

const apt = `      cloud-init status --wait >/dev/null || [ "$?" -eq 2 ]
      # DPkg::Lock::Timeout is for dpkg: update does not wait while a timer of the system reads the package lists.
      for try in {1..20}; do
        if apt-get update; then break; fi
        if [ "$try" -eq 20 ]; then exit 1; fi
        sleep 15
      done
      apt-get -y -o DPkg::Lock::Timeout=600 -o Dpkg::Options::=--force-confold full-upgrade
    timeout: 40m`;

const snapd = `  - name: keep snapd still
    # The SSM agent is a snap here. A refresh in the middle of a step would restart the agent that runs the step.
    run: |
      cloud-init status --wait >/dev/null || [ "$?" -eq 2 ]
      snap refresh --hold=24h`;

const updates = `  - name: install updates
    document: AWS-InstallWindowsUpdates
    parameters: { Action: [Install], AllowReboot: ['False'] }
    timeout: 3h
  - name: finish updates
    reboot: true
    timeout: 45m`;

const steps: Record<Patching, string[]> = {
  'amazon-linux': [
    `  - name: patch
    # Without releasever an instance stays on the release that its AMI was made of.
    run: dnf -y upgrade --releasever=latest
    timeout: 30m`,
    reboot,
  ],
  dnf: [`  - name: patch\n    run: dnf -y upgrade\n    timeout: 30m`, reboot],
  debian: [`  - name: patch\n    run: |\n${apt}`, reboot],
  ubuntu: [snapd, `  - name: patch\n    run: |\n${apt}`, reboot],
  windows: [updates],
};

const nothingFailed = `  - name: system has no failed units
    run: |
      systemctl is-system-running --wait || true
      failed=$(systemctl list-units --failed --plain --no-legend)
      [ -z "$failed" ] || { echo "$failed"; exit 1; }`;

const newestKernel = `  - name: the newest kernel runs
    run: |
      newest=$(printf '%s\\n' /boot/vmlinuz-* | sort --version-sort | tail -n 1)
      [ "$newest" = "/boot/vmlinuz-$(uname -r)" ]`;

const newestDebianKernel = `  - name: the newest kernel runs
    run: '[ "$(linux-version list | linux-version sort | tail -n 1)" = "$(uname -r)" ]'`;

const noPendingReboot = `  - name: no update waits for a reboot
    powershell: |
      $key = 'HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\WindowsUpdate\\Auto Update\\RebootRequired'
      if (Test-Path $key) { throw 'a reboot is pending' }`;

const checks: Record<Patching, string[]> = {
  'amazon-linux': [nothingFailed, newestKernel],
  dnf: [nothingFailed, newestKernel],
  debian: [nothingFailed, newestDebianKernel],
  ubuntu: [nothingFailed, newestDebianKernel],
  windows: [noPendingReboot],
};

export const provisionSection = (patching: Patching): string =>
  `provision: # the steps, in this order; more kinds of steps are in docs/recipe.md\n${steps[patching].join('\n')}`;

export const checksSection = (patching: Patching): string =>
  `checks: # on a fresh instance of the image; nothing is shared before all have passed\n${checks[patching].join('\n')}`;

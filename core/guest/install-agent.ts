import { partitionOf } from '../recipe/regions.ts';

/**
 * A script that installs the SSM agent if it is missing, from the bucket that AWS keeps in every region. cloud-init runs it once,
 * at the first boot. A package manager may be busy then, so the script retries for five minutes.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/manually-install-ssm-agent-linux.html
 */
export function installAgent(region: string): string {
  const domain = partitionOf(region) === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  return `#!/bin/sh
# golden-image pipeline: the SSM agent, by which the pipeline reaches this instance.
set -u
if systemctl cat amazon-ssm-agent.service snap.amazon-ssm-agent.amazon-ssm-agent.service 2>/dev/null | grep -q ExecStart; then
  exit 0
fi
case "$(uname -m)" in aarch64) arch=arm64 ;; *) arch=amd64 ;; esac
if command -v dpkg >/dev/null; then
  package="debian_$arch/amazon-ssm-agent.deb" install='dpkg -i'
else
  package="linux_$arch/amazon-ssm-agent.rpm" install='rpm -U'
fi
url="https://s3.${region}.${domain}/amazon-ssm-${region}/latest/$package"
file="/run/\${package##*/}"
fetch() {
  if command -v curl >/dev/null; then curl -fsSL -o "$file" "$url"
  elif command -v wget >/dev/null; then wget -q -O "$file" "$url"
  else python3 -c 'import sys, urllib.request; urllib.request.urlretrieve(sys.argv[1], sys.argv[2])' "$url" "$file"; fi
}
for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  if fetch && $install "$file"; then break; fi
  echo "try $try to install $url failed" >&2
  sleep 15
done
rm -f "$file"
systemctl enable --now amazon-ssm-agent
`;
}

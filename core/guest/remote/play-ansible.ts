import { folderOf, type Carried } from '../../recipe/steps/carried.ts';
import type { Step } from '../../recipe/types.ts';
import { remoteCommand, shellLine } from './remote-command.ts';
import { shellQuoted } from '../steps/quoted.ts';
import { treeOf } from './tree.ts';

type Ansible = NonNullable<Step['ansible']>;

/** What pip installs: of a version with two numbers the newest. */
const packageOf = ({ version }: Ansible): string => {
  if (version === undefined) return 'ansible-core';
  return `ansible-core==${version}${version.split('.').length === 2 ? '.*' : ''}`;
};

const ofImage = `ansible() { "ansible-$1" "\${@:2}"; }`;

/**
 * Ansible comes into a virtual environment below /var/lib, which the script removes when it ends. Debian and Ubuntu have the module
 * for that in a package of its own, which goes again unless the playbook has installed something that needs it. Sanitize removes the
 * folder that an interrupted step leaves.
 */
const installing = (wanted: Ansible): string => `
if ! python3 -m venv "$work/venv" >"$work/log" 2>&1; then
  if ! command -v apt-get >/dev/null; then
    cat "$work/log" >&2
    echo 'ansible needs python3 with its module venv; install it in an earlier step, or Ansible with installed: true' >&2
    exit 1
  fi
  apt-get -q update
  packages() { dpkg-query -W -f '\${binary:Package}\\n' | sort; }
  packages >"$work/before"
  apt-get -qy install --no-install-recommends python3-venv
  packages | comm -13 "$work/before" - >"$work/added"
  python3 -m venv --clear "$work/venv"
fi
if ! "$work/venv/bin/pip" --quiet --disable-pip-version-check --no-cache-dir install ${shellQuoted(packageOf(wanted))}; then
  echo 'ansible could not be installed: the instance needs a way to PyPI (/etc/pip.conf may name another index), or Ansible in the image with installed: true' >&2
  exit 1
fi
ansible() { "$work/venv/bin/python" "$work/venv/bin/ansible-$1" "\${@:2}"; }
`;

const unlessInstalled = (wanted: Ansible): string =>
  wanted.version === undefined
    ? `if command -v ansible-playbook >/dev/null; then
  ${ofImage}
else
${installing(wanted)}
fi`
    : installing(wanted);

const own = `if ! command -v ansible-playbook >/dev/null; then
  echo 'this image has no ansible-playbook, and the recipe says installed: true' >&2
  exit 1
fi
${ofImage}`;

/** The script that plays a playbook on the instance itself. Nothing of Ansible stays but what the image had before. */
function script(wanted: Ansible, carried: Carried): string {
  const folder = `${folderOf(wanted.playbook)}/`;
  const { playbook, requirements, extraVars = {}, installed = false } = wanted;
  const within = (path: string) => shellQuoted(path.slice(folder.length));
  return `${treeOf(carried, 'ansible')}
work=$(mktemp -d /var/lib/golden-step.XXXXXX)
finish() {
  code=$?
  if [[ -s $work/added ]]; then xargs dpkg --purge <"$work/added" >/dev/null 2>&1; fi
  rm -rf "$work" "$tree"
  exit "$code"
}
trap finish EXIT
export DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1
export ANSIBLE_HOME=$work/home ANSIBLE_LOCAL_TEMP=$work/tmp ANSIBLE_REMOTE_TMP=$work/remote
export ANSIBLE_NOCOLOR=1 ANSIBLE_RETRY_FILES_ENABLED=0 ANSIBLE_LOCALHOST_WARNING=0 LC_ALL=C.UTF-8
${installed ? own : unlessInstalled(wanted)}
cd "$tree"
printf %s ${shellQuoted(JSON.stringify(extraVars))} >"$work/vars.json"
${requirements === undefined ? '' : `ansible galaxy install -r ${within(requirements)}\n`}ansible playbook --connection local --inventory localhost, --extra-vars "@$work/vars.json" ${within(playbook)}
`;
}

/** The command that plays a playbook on the builder. */
export const playAnsible = (wanted: Ansible, carried: Carried, seconds: number) =>
  remoteCommand(carried.sha256, shellLine(script(wanted, carried)), seconds);

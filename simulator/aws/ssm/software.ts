import { inventoryMarks } from '../../../core/guest/inventory.ts';
import type { SsmCommand } from '../state/commands.ts';
import type { System } from '../state/images.ts';
import type { Instance } from '../state/instances.ts';
import type { World } from '../state/world.ts';

// The packages of simulated guests. No script runs: the names of packages are read in the lines that install, upgrade or remove.

const common = 'bash coreutils openssh-server openssl curl sudo systemd tar gzip python3 ca-certificates chrony';
const families: Record<Exclude<System, 'Windows'>, string> = {
  AmazonLinux: `${common} kernel6.12 glibc dnf amazon-ssm-agent system-release cloud-init audit libselinux`,
  RedHat: `${common} kernel glibc dnf redhat-release cloud-init audit libselinux subscription-manager`,
  Ubuntu: `${common} linux-image-aws libc6 apt amazon-ssm-agent base-files cloud-init apparmor netplan.io`,
  Debian: `${common} linux-image-cloud-amd64 libc6 apt base-files cloud-init apparmor`,
};

const day = 86_400_000;
const firstDay = Date.UTC(2026, 0, 1);

const numberOf = (name: string) => Buffer.from(name).reduce((sum, byte) => (sum * 31 + byte) % 9973, 7);

/** The newest version of a package at a time. Each package has a rhythm of its own, of weeks to months. */
function versionAt(name: string, at: number): string {
  const seed = numberOf(name);
  const release = Math.max(
    1,
    Math.floor(((at - firstDay) / day + seed) / (12 + (seed % 60))) - Math.floor(seed / 80) + 90,
  );
  return `${1 + (seed % 9)}.${seed % 20}.${seed % 7}-${release}`;
}

const base = (system: System, at: number): Map<string, string> =>
  system === 'Windows'
    ? new Map([
        ['Windows', `26100.${4000 + Math.floor((at - firstDay) / day / 30) * 100}`],
        ['Amazon SSM Agent', versionAt('Amazon SSM Agent', at)],
        ['AWS Tools for Windows', versionAt('AWS Tools for Windows', at)],
      ])
    : new Map(families[system].split(' ').map((name) => [name, versionAt(name, at)]));

/** The packages of an instance: its own, those of its image, or those of its system when its image was made. */
export function softwareOf(world: World, { software, region, image, system }: Instance): ReadonlyMap<string, string> {
  if (software) return software;
  const own = world.region(region).images.get(image);
  return own?.software ?? base(system, own?.createdAt ?? world.clock.now());
}

const managing =
  /\b(?:dnf|yum|apt|apt-get|zypper)\b([^\n;&|]*?)\b(install|upgrade|dist-upgrade|full-upgrade|update|remove|erase|purge)\b([^\n;&|]*)/g;
const named = (words: string) => words.split(/\s+/).filter((word) => /^[a-z][\w.+-]*$/.test(word));

/** What a command that succeeds changes in the packages of its instance. */
export function install(world: World, instance: Instance, { document, parameters, script }: SsmCommand): void {
  const now = world.clock.now();
  const packages = new Map(softwareOf(world, instance));
  const before = packages.size;
  let changed = document.work === 'Patch';
  const upgrade = () => {
    for (const name of packages.keys()) packages.set(name, base('Windows', now).get(name) ?? versionAt(name, now));
  };
  if (document.work === 'Patch') upgrade();
  if (document.work === 'Install')
    for (const name of parameters['name'] ?? []) packages.set(name, versionAt(name, now));
  for (const [, , verb = '', words = ''] of script.matchAll(managing)) {
    const aptUpdate = verb === 'update' && /\bapt/.test(script);
    changed = true;
    if (/^(remove|erase|purge)$/.test(verb)) for (const name of named(words)) packages.delete(name);
    else if (verb === 'install') for (const name of named(words)) packages.set(name, versionAt(name, now));
    else if (!aptUpdate) upgrade();
  }
  if (changed || packages.size !== before) instance.software = packages;
}

/** The inventory that a script prints, if it prints one. */
export function printedInventory(world: World, instance: Instance, script: string): string {
  if (!script.includes(inventoryMarks.begins)) return '';
  const lines = [...softwareOf(world, instance)].map(([name, version]) => `${name}\t${version}\n`);
  return `${inventoryMarks.begins}\n${lines.join('')}${inventoryMarks.ends}\n`;
}

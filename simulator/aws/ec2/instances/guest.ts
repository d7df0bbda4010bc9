import { ApiError } from '../../calls/actions.ts';
import type { Timer } from '../../../clock.ts';
import { move } from './instances.ts';
import type { World } from '../../state/world.ts';
import type { Instance } from '../../state/instances.ts';

/** The user data of RunInstances, decoded. */
export function decodedUserData(encoded: string | undefined): string | undefined {
  if (encoded === undefined) return undefined;
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.toString('base64') !== encoded)
    throw new ApiError('InvalidUserData.Malformed', 'Invalid BASE64 encoding of user data');
  if (bytes.length > 16_384) throw new ApiError('InvalidParameterValue', 'User data is limited to 16384 bytes');
  return bytes.toString();
}

/** The scripts for cloud-init in user data: the parts of a MIME message without their headers, or the single script. */
function partsOf(userData: string): string[] {
  const [, boundary] =
    /^MIME-Version: 1\.0\nContent-Type: multipart\/mixed; boundary="([^"]+)"\n\n/.exec(userData) ?? [];
  if (boundary === undefined) return [userData];
  return userData
    .split(`--${boundary}\n`)
    .slice(1)
    .map((part) => part.slice(part.indexOf('\n\n') + 2));
}

/** Whether user data installs the SSM agent in a guest. It must be a shell script with the package for this system. */
export const installsAgent = ({ system, userData = '' }: Instance): boolean =>
  system !== 'Windows' &&
  partsOf(userData).some((part) => part.startsWith('#!/bin/sh\n') && /\blatest\/\$package/.test(part));

/**
 * The seconds after which user data makes a guest power itself off. The simulator runs no script and understands nothing else in
 * user data. A cloud-init boothook that starts a systemd timer takes effect at every boot; a script of EC2Launch does so only
 * with `<persist>`.
 */
function secondsToPowerOff({ system, userData = '' }: Instance, firstBoot: boolean): number | undefined {
  const [, powershell] = /<powershell>(.*?)<\/powershell>/s.exec(userData) ?? [];
  const [, seconds] =
    system === 'Windows'
      ? (/Start-Sleep -Seconds (\d+); shutdown\.exe \/s /.exec(powershell ?? '') ?? [])
      : (/^#cloud-boothook\n#!\/.*systemd-run .*--on-boot=(\d+)s poweroff /s.exec(partsOf(userData)[0] ?? '') ?? []);
  const runs = firstBoot || system !== 'Windows' || userData.includes('<persist>true</persist>');
  return seconds !== undefined && runs ? Number(seconds) : undefined;
}

/** Timers of running systems. A stopped instance has none. */
const timers = new WeakMap<Instance, Timer | undefined>();

/** Starts the operating system of an instance; timers of the previous boot are gone. */
export function boot(world: World, instance: Instance): void {
  const seconds = secondsToPowerOff(instance, !timers.has(instance));
  halt(instance);
  if (seconds !== undefined)
    timers.set(
      instance,
      world.after(seconds, () => powerOff(world, instance)),
    );
}

export function halt(instance: Instance): void {
  timers.get(instance)?.cancel();
  timers.set(instance, undefined);
  holdTimers.get(instance)?.cancel();
}

/** Timers of holds, which a command has started. They end with the boot. */
const holdTimers = new WeakMap<Instance, Timer>();

/** The timers that the pipeline's commands start and stop: units of systemd, or processes of Windows. */
const timersOfCommands = [
  {
    running: holdTimers,
    stops: /systemctl stop .*golden-hold\.timer|-like '\*Start-Sleep\*shutdown/,
    starts:
      /--unit=golden-hold --on-active=(\d+)s poweroff|Start-Sleep -Seconds (\d+); shutdown\.exe \/s \/f \/t 0 # golden-hold/,
  },
  {
    running: timers,
    stops: /systemctl stop .*golden-self-destruct\.timer|-like '\*Start-Sleep\*shutdown/,
    starts:
      /--unit=golden-self-destruct --on-active=(\d+)s poweroff|Start-Sleep -Seconds (\d+); shutdown\.exe \/s \/f \/t 0"/,
  },
];

/** What a script does to the timers. */
export function setTimers(world: World, instance: Instance, script: string): void {
  for (const { running, stops, starts } of timersOfCommands) {
    if (stops.test(script)) running.get(instance)?.cancel();
    const seconds = starts
      .exec(script)
      ?.slice(1)
      .find((found) => found !== undefined);
    if (seconds !== undefined)
      running.set(
        instance,
        world.after(Number(seconds), () => powerOff(world, instance)),
      );
  }
}

export function startGuests(world: World): void {
  world.instanceListeners.push((instance) => {
    if (instance.state === 'running') boot(world, instance);
    else if (instance.state !== 'pending') halt(instance);
  });
}

/** A shutdown from inside the guest. The launch settings decide what happens to the instance. */
export function powerOff(world: World, instance: Instance): void {
  const Code = 'Client.InstanceInitiatedShutdown';
  instance.reason = { Code, Message: `${Code}: Instance initiated shutdown` };
  if (instance.shutdownBehavior === 'terminate')
    move(world, instance, 'shutting-down', 'instanceTerminate', 'terminated');
  else move(world, instance, 'stopping', 'instanceStop', 'stopped');
}

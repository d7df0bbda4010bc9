import { bounds } from '../bounds.ts';
import { imagesMade } from '../account-state.ts';
import { completion } from './expectation.ts';
import { leavings } from './leavings.ts';
import { isSaid, isUnknown, linesOf, publishedIn, publishedThere } from './said.ts';
import { flawOf } from '../ready.ts';
import { borrower, parameter, pipelineHome, regionsOf, shapeOf } from '../setting.ts';
import { isOf } from '../strikes.ts';
import { telling } from './telling.ts';
import type { Trial } from '../trial.ts';
import type { Strike } from '../vocabulary.ts';
import type { Violation } from './violation.ts';

/** Everything that a build with faults did although it must never do it. */
export function judge(trial: Trial): Violation[] {
  return [
    ...ends(trial),
    ...completion(trial),
    ...leavings(trial),
    ...twins(trial),
    ...repeats(trial),
    ...publication(trial),
    ...channel(trial),
    ...beside(trial),
    ...telling(trial),
    ...bounds(trial),
  ];
}

const ends = ({ executions }: Trial): Violation[] =>
  executions
    .filter(({ status }) => status === 'RUNNING')
    .map(({ arn }) => ({ invariant: 'ends', what: `${arn} still runs after more than a week` }));

/** Finds two images of one build in one region, or two instances of one role, at the same time, even if one is deleted later. */
function twins({ simulation, scenario, manifest }: Trial): Violation[] {
  return regionsOf(shapeOf(scenario)).flatMap((region) => {
    const all = [...imagesMade(simulation, region), ...imagesMade(simulation, region, borrower)];
    const images = all.map(({ id, owner, name, stateReason, createdAt, deregisteredAt }) => ({
      id,
      claim: `${owner} ${name}`,
      from: stateReason ? Infinity : createdAt, // a failed image may be made again
      to: deregisteredAt ?? Infinity,
    }));
    const { instances } = simulation.cloud.world.region(region);
    // An instance that is shutting down counts as gone.
    const ending = new Map(
      simulation.cloud.calls
        .filter(({ action, error }) => action === 'TerminateInstances' && error === undefined)
        .flatMap(({ at, params }) => (params as { InstanceIds: string[] }).InstanceIds.map((id) => [id, at] as const))
        .toReversed(),
    );
    const machines = [...instances.values()].map(({ id, tags, launchedAt, terminatedAt, reason }) => ({
      id,
      claim: `${tags.get('golden:build')} ${tags.get('golden:role')}`,
      from: launchedAt,
      // An instance that EC2 took away counts as gone, too.
      to: reason?.Code.startsWith('Server.') ? launchedAt : (ending.get(id) ?? terminatedAt ?? Infinity),
    }));
    const things = [...images, ...machines].toSorted((a, b) => a.from - b.from);
    return things.flatMap((later, index): Violation[] => {
      const beside = things.slice(0, index).filter((one) => one.claim === later.claim && one.to > later.from);
      // Two copies may race, but not three. One of the two must be gone in the end, or told as left behind.
      const isGone = Math.min(later.to, beside[0]?.to ?? 0) < Infinity;
      const isTold = manifest?.failure?.left.some((one) => one.includes(region)) === true;
      const may = scenario.slow === region && beside.length === 1 && (isGone || isTold);
      const [earlier] = may ? [] : beside;
      const both = earlier && later.from !== Infinity;
      return both ? [{ invariant: 'no twins', what: `${earlier.id} and ${later.id} in ${region}` }] : [];
    });
  });
}

/**
 * No step of a build, and no attempt at it, runs twice on an instance. A redrive follows at once here, while the call of the stopped
 * execution still runs. SSM's SendCommand has no token, so a redrive of a state that was sending, or about to send, does not count.
 * AWS does not document that SSM lists a command only after a moment; the simulator takes the worse.
 */
function repeats({ scenario, simulation, build }: Trial): Violation[] {
  const isSending = ({ place }: Strike) => /^(Send|wake\/Await)(Command|Check)\b/.test(place);
  if (scenario.again === 'redrive' && scenario.strikes.some(isSending)) return [];
  const commands = [...simulation.cloud.world.region(pipelineHome).commands.values()];
  const begun = commands
    .filter(({ comment, invocations }) => comment.startsWith(build) && invocations[0]?.startedAt !== undefined)
    .map(({ comment, invocations }) => `${comment} on ${invocations[0]?.instance.id}`);
  const twice = begun.filter((one, index) => begun.indexOf(one) !== index);
  return twice.map((what) => ({ invariant: 'no twins', what: `${what} ran twice` }));
}

/** Nothing is published unless every required target is right, both at that moment and at the end. */
function publication({ scenario, manifest, simulation, premature, executions }: Trial): Violation[] {
  const hasSucceeded = executions.some((one) => one.status === 'SUCCEEDED' && isOf(one, 'build-image'));
  const broken = (what: string): Violation => ({ invariant: 'verified first', what });
  const early = [...new Set(premature)].map((what) => broken(`when the channel was moved: ${what}`));
  if (manifest?.status !== 'published') return early;
  const wrong = shapeOf(scenario).targets.flatMap((target) => {
    const { region } = target;
    const told = manifest.targets.find((one) => one.region === region);
    if (told?.status !== 'published')
      // What was published before an addition stays published, although the addition fails.
      return target.required && !(scenario.distributes && !hasSucceeded)
        ? [broken(`published, although ${region} is ${told?.status}: ${told?.error}`)]
        : [];
    const flaw = flawOf(simulation, target, simulation.cloud.world.region(region).images.get(told.ami ?? ''));
    return flaw === undefined ? [] : [broken(`published in ${region}, but ${flaw}`)];
  });
  return [...early, ...wrong];
}

/** The channel is unchanged, or at the new image in every region in which that image is published. */
function channel(trial: Trial): Violation[] {
  const { scenario, before, after } = trial;
  const shape = shapeOf(scenario);
  const lines = linesOf(trial);
  const published = shape.channel ? publishedIn(trial) : [];
  const there = shape.channel ? publishedThere(trial) : [];
  const places = regionsOf(shape).flatMap((region) => [
    { region, where: region, ami: published.find((one) => one.region === region)?.ami },
    { region, where: `${region} ${borrower}`, ami: there.find((one) => one.region === region)?.ami },
  ]);
  return places.flatMap(({ region, where, ami }): Violation[] => {
    const wanted = ami ?? before.channel.get(where);
    const holds = after.channel.get(where);
    // If AWS refuses to restore the channel, the build must at least report it.
    const said = lines.some((line) => line.includes(parameter) && line.includes(`in ${region}:`));
    if (holds === wanted || said || isUnknown(trial)) return [];
    return [{ invariant: 'channel all or nothing', what: `${parameter} in ${where} holds ${holds}, not ${wanted}` }];
  });
}

/** Launch templates and watermarks go with the channel: all of a published image, and nothing of any other. */
function beside(trial: Trial): Violation[] {
  const { scenario, before, after } = trial;
  if (!shapeOf(scenario).more || isUnknown(trial)) return [];
  const broken = (what: string): Violation => ({ invariant: 'channel all or nothing', what });
  const published = publishedIn(trial);
  const said = (region: string, what: RegExp) =>
    linesOf(trial).some((line) => what.test(line) && line.includes(`in ${region}`));
  const templates = [...before.versions].flatMap(([region, versions]) => {
    const ami = published.find((one) => one.region === region)?.ami;
    const isDefault = region === pipelineHome;
    const wanted =
      ami === undefined
        ? versions
        : [...versions.map((one) => (isDefault ? one.replace('*', '') : one)), `${ami}${isDefault ? '*' : ''}`];
    const has = after.versions.get(region) ?? [];
    if (has.join() === wanted.join() || said(region, /launch template|lt-|version/)) return [];
    return [broken(`the launch template in ${region} has ${has.join()}, not ${wanted.join()}`)];
  });
  const unsaid = [...after.marked].filter((id) => {
    const thing = after.things.get(id);
    return thing && !published.some(({ ami }) => ami === id) && !isSaid(trial, id, thing);
  });
  const missing = published.filter(({ ami }) => !after.marked.has(ami));
  return [
    ...templates,
    ...unsaid.map((id) => broken(`${id} is not published and carries a watermark`)),
    ...missing.map(({ ami }) => broken(`${ami} is published and carries no watermark`)),
  ];
}

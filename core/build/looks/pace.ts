import { secondsOf } from '../../duration.ts';
import { commandSecondsIn } from '../../recipe/steps/attempts.ts';
import { patience, sanitizeSeconds, type Bounded } from '../limits.ts';
import { looksWithin, quickRhythms, shortestBeat, slowing } from './rhythm.ts';

/** Looks of a wait that reaches its limit: quick looks first, then slow ones, and the look that ends it. */
const looksOf = (state: keyof typeof slowing, bound: number, quickFor: number): number =>
  looksWithin(Math.min(bound, quickFor), quickRhythms[state]) +
  looksWithin(Math.max(0, bound - quickFor), slowing[state]) +
  1;

// A look: scheduled, started, submitted, and its end. A Task that is called once: entered, scheduled, started, ended, left.
const [eventsOfLook, eventsOfTask, enteredAndLeft, iteration] = [4, 5, 2, 2];

/** Events that every build has, with its waits at their limits. A build ends with CleanUp or with Compensate, so one of them counts. */
const eventsOfAll =
  eventsOfLook *
    (2 * looksWithin(patience.agent, quickRhythms.AwaitBuilder) +
      looksWithin(patience.stop, quickRhythms.Seal) +
      looksWithin(patience.verify, quickRhythms.Verify) +
      looksWithin(patience.publish, quickRhythms.Publish) +
      Math.max(
        looksWithin(patience.cleanUp, quickRhythms.CleanUp),
        looksWithin(patience.compensate, quickRhythms.Compensate),
      )) +
  35 * eventsOfTask;

/** Seconds during which the waits of a build look often. */
export interface Pace {
  /** For its steps and checks. */
  commands: number;
  /** For its image and the copies. */
  images: number;
}

/** A copy and a second one beside it are looked at often for so long, counted from the start of the second one. */
export const quickForRace = (within: number): number => Math.min(within, 3600) + 300;

/** Events of a part of a build, by the seconds during which its waits look often. */
type Counted = (quickFor: number) => number;
const sum = (counts: number[]) => counts.reduce((total, count) => total + count, 0);

/** A slow copy goes through CopyImage and AwaitCopy once more. There the looks begin with short gaps again. */
function eventsOfRace(target: Bounded['distribute'][number]): number {
  if (target.completeWithin === undefined) return 0;
  const quick = Math.ceil(quickForRace(secondsOf(target.completeWithin)) / shortestBeat);
  return 2 * eventsOfTask + (quick + looksOf('AwaitCopy', patience.copy(target), 0)) * eventsOfLook;
}

function eventsOfCommands({ provision, checks }: Bounded): Counted {
  const eventsOf = (state: 'AwaitCommand' | 'AwaitCheck', timeouts: number[]): Counted => {
    const bounds = timeouts.map(patience.command);
    return (quickFor) =>
      sum(
        bounds.map(
          (bound) => iteration + eventsOfTask + enteredAndLeft + looksOf(state, bound, quickFor) * eventsOfLook,
        ),
      );
  };
  const steps = eventsOf('AwaitCommand', [...commandSecondsIn(provision), sanitizeSeconds]);
  const checked = eventsOf('AwaitCheck', commandSecondsIn(checks));
  return (quickFor) => steps(quickFor) + checked(quickFor);
}

function eventsOfImages({ image, distribute }: Bounded): Counted {
  const imageBound = patience.image({ image });
  const targets = distribute.map((target) => ({
    bound: patience.copy(target),
    accounts: target.copyTo?.length ?? 0,
    race: eventsOfRace(target),
  }));
  return (quickFor) => {
    const looks = (state: keyof typeof slowing, bound: number) => looksOf(state, bound, quickFor) * eventsOfLook;
    const copies = targets.map(
      ({ bound, accounts, race }) =>
        // An iteration of Copy and one of Grant, with a choice between them.
        2 * iteration +
        2 * eventsOfTask +
        2 * enteredAndLeft +
        looks('AwaitCopy', bound) +
        race +
        accounts * (iteration + 2 * eventsOfTask + enteredAndLeft + looks('AwaitAccountCopy', bound)),
    );
    // An image that is registered is awaited after its snapshots, too.
    const registered = image.register ? looks('AwaitImage', patience.registration) + 4 * eventsOfLook : 0;
    return looks('AwaitImage', imageBound) + registered + sum(copies);
  };
}

/** The most events that the history of a build can have, unless AWS is so busy that calls are retried. */
export const mostEvents = (recipe: Bounded, { commands, images }: Pace): number =>
  eventsOfAll + eventsOfCommands(recipe)(commands) + eventsOfImages(recipe)(images);

/** Half of the 25,000 events at which AWS ends an execution. The other half is for retried calls and for places without room. */
export const eventBudget = 12_500;

const paces = [6 * 3600, 3 * 3600, 3600, 1800, 900, 600, 450, 300, 200, 120, 60, 30, 10, 0];
export const slowest: Pace = { commands: 0, images: 0 };

/**
 * The quickest pace that keeps the history of a build within the budget. Undefined where no pace is slow enough. One pace is
 * chosen for all waits; the rest of the budget goes to images first, since the build waits for the slowest copy.
 */
export function paceOf(recipe: Bounded): Pace | undefined {
  // Each wait of a build asks for its pace, so each part is counted once for each pace that is tried.
  const once = (count: Counted): Counted => {
    const known = new Map<number, number>();
    return (quickFor) => {
      const events = known.get(quickFor) ?? count(quickFor);
      known.set(quickFor, events);
      return events;
    };
  };
  const [ofCommands, ofImages] = [once(eventsOfCommands(recipe)), once(eventsOfImages(recipe))];
  const fits = ({ commands, images }: Pace) => eventsOfAll + ofCommands(commands) + ofImages(images) <= eventBudget;
  const all = paces.find((pace) => fits({ commands: pace, images: pace }));
  if (all === undefined) return undefined;
  const images = paces.find((pace) => pace === all || fits({ commands: all, images: pace })) ?? all;
  return { images, commands: paces.find((pace) => pace === all || fits({ commands: pace, images })) ?? all };
}

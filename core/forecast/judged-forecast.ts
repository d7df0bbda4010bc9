import type { Plan } from '../build/plan.ts';
import type { RecipeRecord } from '../build/record.ts';
import { needsCopy } from '../distribute/distribution.ts';
import { inPlace, onlyPlace, type Place } from '../distribute/place.ts';
import type { Path, Problem } from '../recipe/recipe.ts';
import { failureMessage } from '../report/failure.ts';
import { watermarkOf } from '../publish/watermark.ts';
import type { CaughtError } from '../build/timings.ts';
import { forecastOf, type Forecast } from './forecast.ts';

/** EC2's answer to a call that was only tried. */
export type Rehearsed = { allowed: true } | { allowed: false; code: string; message: string };

/** A target whose calls are tried, on an image that an earlier build published. */
interface TriedTarget {
  /** Its place in the recipe's list. */
  index: number;
  region: string;
  /** Null for the region's own image, since a state's input needs every key. */
  id: string | null;
  ami: string;
}

/** The output of ResolvePlan. All but the forecast are absent where the source image is not known. */
export interface PlannedBuild {
  forecast: Forecast;
  /** What the states need to try their calls. */
  rehearsal?: Plan;
  copies?: TriedTarget[];
  grants?: TriedTarget[];
  publishes?: TriedTarget[];
}

/** So many users of a target are tried: EC2 and IAM judge all alike. */
const triedUsers = 3;

/**
 * The trials of a plan. The plan goes without the parts that no call depends on, since Step Functions hands on at most 256 KiB.
 * Without a published build, there is no image to copy and share.
 */
export function trialsOf(plan: Plan, { published }: RecipeRecord): Required<Omit<PlannedBuild, 'forecast'>> {
  const distribute = plan.document.distribute.map((target) => ({
    ...target,
    accounts: target.accounts.slice(0, triedUsers),
    organizations: target.organizations.slice(0, triedUsers),
    organizationalUnits: target.organizationalUnits.slice(0, triedUsers),
  }));
  const images = published?.images ?? [];
  const first = inPlace(images, { region: plan.region })?.ami;
  const targets = distribute.map((target, index) => ({ ...target, index, at: onlyPlace(target) }));
  const tried = (list: typeof targets, amiOf: (at: Place) => string | undefined): TriedTarget[] =>
    list.flatMap(({ index, at }) => {
      const ami = amiOf(at);
      return ami === undefined ? [] : [{ index, region: at.region, id: at.id ?? null, ami }];
    });
  return {
    rehearsal: {
      ...plan,
      provision: [],
      checks: [],
      document: { ...plan.document, provision: [], checks: [], distribute },
    },
    copies: tried(
      targets.filter(({ at }) => needsCopy(plan, at)),
      () => first,
    ),
    grants: tried(
      targets.filter(({ accounts, organizations, organizationalUnits }) =>
        [accounts, organizations, organizationalUnits].some((users) => users.length > 0),
      ),
      (at) => inPlace(images, at)?.ami,
    ),
    publishes: tried(
      targets.filter(({ launchTemplate }) => launchTemplate !== undefined || watermarkOf(plan) !== undefined),
      (at) => inPlace(images, at)?.ami,
    ),
  };
}

type Refused = Extract<Rehearsed, { allowed: false }>;

/** A trial that was made: EC2's answer, or the failure of the state. */
export interface TriedCall {
  state: string;
  path: Path;
  answer?: Rehearsed | undefined;
  failure?: CaughtError | undefined;
}

const lacks = ({ state, path }: TriedCall, { message }: Refused): Problem => ({
  path,
  message: `the role of the function ${state} lacks a permission: ${message}`,
});

/** A forecast, with what EC2 said when calls were tried. */
export function judgedForecast(forecast: Forecast, tried: TriedCall[]): Forecast {
  const { status: _, problems, notes, ...others } = forecast;
  const refused = tried.flatMap((one) => (one.answer?.allowed === false ? [{ one, said: one.answer }] : []));
  const isDenied = ({ said }: { said: Refused }) => said.code === 'UnauthorizedOperation';
  // EC2 may refuse a call for a reason that ResolvePlan has told in better words.
  const isKnown = problems.some(({ path: [first] }) => first === 'builder' || first === 'source');
  const isWrong = ({ path: [, index] }: TriedCall) =>
    problems.some(({ path: [first, other] }) => first === 'distribute' && other === index);
  const unfit = refused.filter((each) => !isDenied(each) && each.one.state === 'Launch' && !isKnown);
  // The published image has its watermark already, and EC2 may refuse it a second time.
  const isDoubtful = ({ one }: { one: TriedCall }) => !/^(Launch|Publish)$/.test(one.state) && !isWrong(one);
  const doubts = refused.filter((each) => !isDenied(each) && isDoubtful(each));
  const failed = tried.flatMap(({ state, failure }) => (failure ? [{ state, said: failureMessage(failure) }] : []));
  return forecastOf({
    ...others,
    problems: [
      ...problems,
      ...refused.filter(isDenied).map(({ one, said }) => lacks(one, said)),
      ...unfit.map(({ one: { path }, said }) => ({
        path,
        message: `EC2 would refuse to launch the builder: ${said.message}`,
      })),
    ],
    notes: [
      ...notes,
      ...doubts.map(({ one, said }) => `EC2 did not let ${one.state} be tried on the published image: ${said.message}`),
      ...failed.map(({ state, said }) => `could not try the call of ${state}: ${said}`),
    ],
  });
}

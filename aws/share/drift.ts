import { roleArn, type AccountRole } from '../../core/accounts/account-role.ts';
import { apartFrom, wantedOf } from '../../core/distribute/permissions.ts';
import { Failure, isTransient } from '../../core/errors.ts';
import { snapshotsOf, type AmiDescription } from '../../core/launch/source.ts';
import { templateName } from '../../core/publish/launch-templates.ts';
import type { LaunchTemplate, Recipe } from '../../core/recipe/types.ts';
import { severally } from '../../core/settle-all.ts';
import { imageDrifts, parameterDrifts, templateDrifts, unseenDrift, type Drift } from '../../core/share/drift.ts';
import type { Connection } from '../connection.ts';
import { codeOf } from '../errors.ts';
import { ownImagesById } from '../images/own-images.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { readParameter, readParameters } from '../parameters.ts';
import { readingPermissions, readPermissions } from '../work/permissions.ts';
import { publishedPlaces, type HeldPlace } from './published-places.ts';

/** The actions of publishedPlaces and findDrifts. */
export const driftPermissions = [
  ...readingPermissions,
  'ec2:DescribeImages',
  'ec2:DescribeLaunchTemplateVersions',
  's3:GetObject',
  'ssm:GetParameters',
  'states:DescribeExecution',
  'sts:AssumeRole',
];

/** One region, of the pipeline's own account or of another one. */
type Group = [HeldPlace, ...HeldPlace[]];

const keyOf = ({ region, copy }: HeldPlace): string =>
  JSON.stringify([region, copy?.account, copy?.role, copy?.externalId]);

function groupsOf(places: HeldPlace[]): Group[] {
  const groups = new Map<string, Group>();
  for (const place of places) {
    const group = groups.get(keyOf(place));
    if (group) group.push(place);
    else groups.set(keyOf(place), [place]);
  }
  return [...groups.values()];
}

/** What the parameters of a group hold. The roles of other accounts may only read them one by one. */
async function parametersOf(aws: Connection, places: Group): Promise<Map<string, string | undefined>> {
  const [{ region, copy }] = places;
  const names = [...new Set(places.flatMap(({ parameter }) => parameter ?? []))];
  if (!copy) return readParameters(aws, region, names);
  return new Map(await Promise.all(names.map(async (name) => [name, await readParameter(aws, region, name)] as const)));
}

/** The drifts of a group, with one DescribeImages for all recipes. The permissions of available images are read besides. */
async function driftsIn(aws: Connection, places: Group): Promise<Drift[]> {
  const [{ region }] = places;
  const parameters = await parametersOf(aws, places);
  const images = await ownImagesById(aws, region, [...new Set(places.map(({ ami }) => ami))]);
  const lookAt = async (place: HeldPlace): Promise<Drift[]> => {
    const { parameter, template } = place;
    const image = images.find(({ ami }) => ami === place.ami);
    const found = await permissionsOf(aws, image);
    const wanted = place.target && wantedOf(place.target);
    const seen = { ...place, image, permissions: found && wanted ? apartFrom(found, place.lent, wanted) : found };
    return [
      ...(parameter === undefined ? [] : parameterDrifts(place, parameter, parameters.get(parameter))),
      ...(template ? templateDrifts(place, templateName(template), await defaultOf(aws, region, template)) : []),
      ...imageDrifts(seen),
    ];
  };
  return (await Promise.all(places.map(lookAt))).flat();
}

// Loaded where a recipe sets the default of a launch template.
const defaultOf = async (...asked: [Connection, string, LaunchTemplate]): Promise<string | undefined> =>
  (await import('../instances/template-default.ts')).defaultImage(...asked);

const permissionsOf = async (aws: Connection, image: AmiDescription | undefined) =>
  image?.state === 'available' ? readPermissions(aws, { ...image, snapshots: snapshotsOf(image) }) : undefined;

// Loaded where a recipe has copies in other accounts: the client of STS is large.
const connectionThere = async (aws: Connection, copy: AccountRole, recipe: string): Promise<Connection> =>
  (await import('../accounts/other-accounts.ts')).inAccount(aws, copy, { recipe, build: 'drift' }, 'check');

/** The drifts of a group. An account that refuses the look is a drift itself: its copies may differ in anything. */
async function driftsOf(aws: Connection, places: Group): Promise<Drift[]> {
  const [{ copy, recipe }] = places;
  try {
    return await driftsIn(copy ? await connectionThere(aws, copy, recipe) : aws, places);
  } catch (error) {
    if (!copy || !(error instanceof Failure) || isTransient(error)) throw error;
    const answer = { code: codeOf(error), message: error.message };
    return places.map((place) => unseenDrift(place, roleArn(copy), answer));
  }
}

interface DriftsFound {
  places: HeldPlace[];
  drifts: Drift[];
  failed: Error[];
  /** Recipes with a region that could not be read. */
  unread: string[];
}

/**
 * The published places of recipes, and their drifts. A region that cannot be read hides no other.
 * @param gone An AMI that EC2 tells of. If it is not published, nothing is looked at.
 */
export async function findDrifts(
  artifacts: Artifacts,
  recipes: Recipe[],
  at: Parameters<typeof publishedPlaces>[2],
  gone?: string,
): Promise<DriftsFound | undefined> {
  const unread: string[] = [];
  const held = await severally(recipes, (recipe) => publishedPlaces(artifacts, recipe, at));
  const places = held.done.flat();
  if (gone !== undefined && !places.some(({ ami }) => ami === gone)) return undefined;
  const { done, failed } = await severally(groupsOf(places), async (group) => {
    try {
      return await driftsOf(artifacts.aws, group);
    } catch (error) {
      unread.push(...group.map(({ recipe }) => recipe));
      throw error;
    }
  });
  return { places, drifts: done.flat(), failed: [...held.failed, ...failed], unread };
}

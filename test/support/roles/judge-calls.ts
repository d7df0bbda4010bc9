// Judges recorded calls of functions, from any emulator, by the roles of those functions.
import {
  askedFor,
  isOfRecipe,
  pathOfBuilders,
  resourcesIn,
  type SeenCall,
  type AccountFacts,
} from './authorized-on.ts';
import type { Template } from '../template/check-template.ts';
import { roleIdOf } from '../../../infrastructure/cloudformation.ts';
import { defaultSettings } from '../../../core/deployment/deployment-settings.ts';
import { asAwsAsks } from './known-keys.ts';
import { allows, grantsOf, type Ask, type AllowedAction, type DeploymentPlace } from './iam.ts';

export interface Judge {
  /** Takes all calls of one run and returns what AWS would refuse: `function action on resource in region`. */
  hear(calls: SeenCall[], place: DeploymentPlace): string[];
  /** Every permission asked for so far. */
  asked(): Ask[];
  /** The grants that no run so far needed. */
  unneeded(): AllowedAction[];
}

const example: DeploymentPlace = {
  account: '111122223333',
  region: 'us-east-1',
  bucket: 'BUCKET',
  archives: 'ARCHIVES',
  stateMachine: 'MACHINE-build-image',
};

/** Name of the role that an instance profile gives to its instance. Those of recipes with secrets have a path. */
export const roleNamesOf =
  ({ Resources }: Template) =>
  (profile: string): string => {
    const [, { Properties } = { Properties: {} as Record<string, any> }] =
      Object.entries(Resources).find(([, { Type }]) => Type === 'AWS::IAM::InstanceProfile') ?? [];
    const ours = profile === defaultSettings.instanceProfile && Properties['Roles']?.[0].Ref === 'BuilderRole';
    if (isOfRecipe(profile)) return pathOfBuilders + profile;
    return ours ? profile : `that the profile ${profile} is of`;
  };

/** The permissions that AWS checks for a call, with the condition key of every request: the region of the called endpoint. */
export const asksOf = (call: SeenCall, facts: AccountFacts): Ask[] =>
  askedFor(call, facts)
    .map(asAwsAsks)
    .map((ask) => ({ ...ask, context: { ...ask.context, 'aws:RequestedRegion': call.region } }));

export function createJudge(template: Template): Judge {
  const needed = new Set<string>();
  const every: Ask[] = [];
  const roleOf = roleNamesOf(template);
  const known = new Map<string, Map<string, AllowedAction[]>>();
  /** By role. Most runs are of pipelines in the same place. */
  const grantsIn = (place: DeploymentPlace) => {
    const key = JSON.stringify(place);
    const grants = known.get(key) ?? new Map<string, AllowedAction[]>();
    if (!known.has(key))
      for (const grant of grantsOf(template, place)) grants.set(grant.role, [...(grants.get(grant.role) ?? []), grant]);
    known.set(key, grants);
    return grants;
  };
  return {
    hear(calls, place) {
      const grants = grantsIn(place);
      const refused = new Set<string>();
      const facts = { resources: resourcesIn(calls), roleOf };
      for (const call of calls) {
        const { by, region, role } = call;
        // The role of another account decides on it: see test/infrastructure/examples/copy-target-role.test.ts.
        if (role !== undefined) continue;
        const own = by === undefined ? [] : (grants.get(roleIdOf(by)) ?? []);
        for (const ask of asksOf(call, facts)) {
          every.push(ask);
          const allowing = own.filter((grant) => allows(grant, ask));
          if (allowing.length === 1) needed.add(allowing[0]!.id);
          if (allowing.length === 0) refused.add(`${by ?? 'nobody'}: ${ask.action} on ${ask.resource} in ${region}`);
        }
      }
      return [...refused];
    },
    asked: () => every,
    unneeded: () => grantsOf(template, example).filter(({ id }) => !needed.has(id)),
  };
}

/** The permissions that AWS would refuse to the calls of one run. */
export const unpermitted = (calls: SeenCall[], template: Template, place: DeploymentPlace): string[] =>
  createJudge(template).hear(calls, place);

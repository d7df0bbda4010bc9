// Makes the resources of a stack from its template: the part of CloudFormation's resources that `golden regions` uses.
import type { BusEvent, EventBus } from '../events/event-bus.ts';
import type { Pattern } from '../events/event-pattern.ts';

interface StackPlace {
  account: string;
  region: string;
  events: EventBus;
}

type Parameters = Record<string, string>;

/* oxlint-disable typescript/no-explicit-any -- properties of CloudFormation, as many types as there are */
const inTemplate = (known: string[], properties: object, where: string): void => {
  const unknown = Object.keys(properties).filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`the simulator does not implement ${unknown.join(', ')} of ${where}`);
};

/** Fills in the parameters of a stack. */
function filled(value: any, parameters: Parameters): any {
  if (Array.isArray(value)) return value.map((each) => filled(each, parameters));
  if (value === null || typeof value !== 'object') return value;
  if (typeof value.Ref === 'string') return parameters[value.Ref] ?? value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, filled(member, parameters)]));
}

/** @returns functions that delete the rule, one for each of its targets. */
function ruleOf(id: string, properties: any, { account, region, events }: StackPlace): (() => void)[] {
  const { Description: _, EventPattern, Targets, ...others } = properties;
  inTemplate([], others, id);
  return Targets.map(({ Id, Arn, RoleArn, RetryPolicy, ...more }: any) => {
    inTemplate([], more, `${id}.${Id}`);
    const [, to] = /^arn:[\w-]+:events:([\w-]+):\d{12}:event-bus\/default$/.exec(Arn) ?? [];
    if (to === undefined || !RoleArn)
      throw new Error(`the simulator does not implement the target ${Id} of ${id}: ${Arn}`);
    return events.addRule({
      name: `${region} ${id}/${Id}`,
      account,
      region,
      pattern: EventPattern as Pattern,
      target: (event: BusEvent) => events.forward(event, region, to),
      retries: RetryPolicy.MaximumRetryAttempts,
      maximumAgeSeconds: RetryPolicy.MaximumEventAgeInSeconds,
    });
  });
}

/** Makes the resources of a template. @returns a function that deletes them. */
export function makeResources(template: any, parameters: Parameters, place: StackPlace): () => void {
  const removers = Object.entries(template.Resources).flatMap(
    ([id, { Type, Properties, ...others }]: [string, any]) => {
      inTemplate([], others, id);
      if (Type !== 'AWS::Events::Rule') throw new Error(`the simulator does not make ${id}: ${Type}`);
      return ruleOf(id, filled(Properties, parameters), place);
    },
  );
  return () => removers.forEach((remove) => remove());
}
/* oxlint-enable */

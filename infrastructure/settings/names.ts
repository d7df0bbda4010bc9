// The names that follow from a deployment's service and stage, and the names that cannot be.
interface Named {
  service: string;
  stage: string;
}

export const defaultService = 'golden-image';

/** `/golden` for the stage prod. Every other deployment gets its own root, because two deployments must not move each other's channels. */
export function defaultRoot({ service, stage }: Named): string {
  const base = service === defaultService ? 'golden' : service;
  return stage === 'prod' ? `/${base}` : `/${base}-${stage}`;
}

/** @param functions Keys of the functions. @param ownRoot Whether the deployment gets the channel root of its name. */
export function namingProblems({ service, stage }: Named, functions: string[], ownRoot: boolean): string[] {
  const problems: string[] = [];
  if (/^golden(-|$)/.test(service) && service !== defaultService && ownRoot)
    problems.push(
      `GOLDEN_SERVICE "${service}" would get the channel root that ${defaultService} has for one of its stages. ` +
        'Choose a name that does not begin with golden, or give --param="channelRoot=/…".',
    );
  const longest = functions.toSorted((a, b) => b.length - a.length)[0] ?? '';
  const name = `${service}-${stage}`;
  const budget = 64 - `-${longest}`.length;
  if (name.length > budget)
    problems.push(
      `Service and stage make "${name}", which has ${name.length} characters, and at most ${budget} fit. Lambda takes 64 for the name of ` +
        `a function, and ${name}-${longest} has ${name.length + longest.length + 1}. Choose a shorter --stage or GOLDEN_SERVICE.`,
    );
  return problems;
}

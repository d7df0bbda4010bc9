import type { Manifest } from '../../build/manifest.ts';
import { failedIn } from '../failure-summary.ts';

/** How a build ended. `partly`: it is published, but something failed or is left behind. */
export type Verdict = 'published' | 'partly' | 'failed' | 'up-to-date';

/** How a build ended, by its manifest. */
export function verdictOf({ status, failure, targets, copiedTo = [], failedSteps = [] }: Manifest): Verdict {
  if (status !== 'published') return status;
  const whole = [...targets, ...copiedTo].every((target) => target.status === 'published');
  return failure || !whole || failedSteps.length > 0 ? 'partly' : 'published';
}

/** The verdict in a few words. */
export function saying({ targets, failure, image, variants, failedSteps = [] }: Manifest, verdict: Verdict): string {
  if (verdict === 'up-to-date') return 'Nothing to build: the published image is what the recipe asks for';
  if (verdict === 'failed')
    return `Failed in ${failure ? failedIn(failure) : 'an unknown state'} with ${failure?.error ?? '?'}`;
  if (variants) return `All ${variants.length} variants are published`;
  const reached = targets.filter(({ status }) => status === 'published').length;
  const regions = `${reached === targets.length ? reached : `${reached} of ${targets.length}`} region${targets.length === 1 ? '' : 's'}`;
  const left = failure ? ', but not everything temporary is gone' : '';
  const steps = failedSteps.length > 0 ? `, although ${failedSteps.map(({ name }) => name).join(', ')} failed` : '';
  return `${image === null ? 'Published' : 'The image is published'} in ${regions}${steps}${left}`;
}

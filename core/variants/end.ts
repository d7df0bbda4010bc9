import type { Manifest } from '../build/manifest.ts';
import type { Timing } from '../build/timings.ts';
import { Failure } from '../errors.ts';
import type { BuildIdentity } from '../tags.ts';

/** How the execution of a variant ended. */
export interface VariantEnd {
  recipe: string;
  execution: string;
  /** The status of Step Functions. */
  ended: string;
  output?: string;
  error: string;
  message: string;
}

interface Ended extends BuildIdentity {
  status: 'published' | 'up-to-date';
}

/** Output of the execution that started all variants. */
export interface EndOfAll extends Ended {
  variants: Ended[];
}

/** The variant's part of the output. A variant that found its image up to date names the build that made it. */
function outcomeOf({ recipe, output = '{}' }: VariantEnd, build: string): Ended {
  const { status = 'published', published } = JSON.parse(output) as { status?: Ended['status']; published?: string };
  return { recipe, build: published ?? build, status };
}

/**
 * The end of a build of several variants: its output, if all ended well.
 * @throws VariantFailed with what went wrong in each. Those that failed only because another one did come last.
 */
export function endOfVariants({ recipe, build }: BuildIdentity, ends: VariantEnd[]): EndOfAll {
  const failed = ends.filter(({ ended }) => ended !== 'SUCCEEDED');
  if (failed.length === 0) {
    const variants = ends.map((one) => outcomeOf(one, build));
    const status = variants.every((one) => one.status === 'up-to-date') ? 'up-to-date' : 'published';
    return { recipe, build, status, variants };
  }
  const [first, ...others] = failed.toSorted((a, b) => Number(isVictim(a)) - Number(isVictim(b)));
  const [line = ''] = (first?.message ?? '').split('\n');
  const rest = others.map(
    (one) => `${one.recipe}: ${isVictim(one) ? 'not published, since the variants go together' : one.error}`,
  );
  throw new Failure('VariantFailed', [`${first?.recipe}: ${first?.error}: ${line}`, ...rest].join('\n'));
}

const isVictim = ({ error }: VariantEnd): boolean => error === 'VariantFailed';

/** The manifest of a build of several variants. It has no image of its own. */
export const manifestOfVariants = ({ variants, ...all }: EndOfAll, timings: Timing[]): Manifest => ({
  schema: 1,
  ...all,
  source: null,
  image: null,
  targets: [],
  variants,
  timings,
  failure: null,
});

import type { PipelineOptions } from './deployment.ts';
import { diskFileProblems } from '../../core/recipe/source.ts';
import { runBuild } from './build.ts';
import { Refusal } from '../refused.ts';
import { problemLines, usage } from '../refusal.ts';
import type { Surroundings } from '../surroundings.ts';
import type { Terminal } from '../screen/terminal.ts';

interface RegisterOptions extends PipelineOptions {
  recipe: string;
  detach?: boolean;
  force?: boolean;
}

/** Starts a build of a recipe whose source is a disk, with the snapshot of that disk, and follows it. */
export async function registerDisk(
  snapshot: string,
  { recipe, ...options }: RegisterOptions,
  terminal: Terminal,
  surroundings: Surroundings,
): Promise<number> {
  if (!/^snap-([0-9a-f]{8}|[0-9a-f]{17})$/.test(snapshot)) {
    const problems = [usage(snapshot, 'is no snapshot id, such as snap-0123456789abcdef0')];
    throw new Refusal(problemLines(problems), { problems });
  }
  const override = [`source.disk.snapshot=${snapshot}`];
  return runBuild(recipe, { ...options, override }, terminal, surroundings);
}

/** Starts a build of such a recipe, with a file that EC2 imports, and follows it. */
export async function importDisk(
  file: string,
  { recipe, format, ...options }: RegisterOptions & { format: string },
  terminal: Terminal,
  surroundings: Surroundings,
): Promise<number> {
  const problems = diskFileProblems({ file, format }).map(({ path, message }) =>
    usage(path === 'file' ? file : '--format', message),
  );
  if (problems.length > 0) throw new Refusal(problemLines(problems), { problems });
  const override = [`source.disk.file=${JSON.stringify(file)}`, `source.disk.format=${format}`];
  return runBuild(recipe, { ...options, override }, terminal, surroundings);
}

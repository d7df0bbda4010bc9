import * as z from 'zod/mini';
import { explain } from '../explain.ts';
import type { Problem } from '../problems.ts';
import { formed } from '../scalars.ts';
import { carriedAt } from '../steps/carried.ts';

// The form of a component document, by the user guide of EC2 Image Builder:
// https://docs.aws.amazon.com/imagebuilder/latest/userguide/toe-use-documents.html

/** https://docs.aws.amazon.com/imagebuilder/latest/userguide/toe-action-modules.html */
const onWindows = ['ExecutePowerShell', 'InstallMSI', 'SetRegistry', 'UninstallMSI'];
const onLinux = ['ExecuteBash', 'SetFileOwner', 'SetFilePermissions', 'SetFolderOwner', 'SetFolderPermissions'];
const actionModules = [
  ...onWindows,
  ...onLinux,
  'AppendFile',
  'Assert',
  'CopyFile',
  'CopyFolder',
  'CreateFile',
  'CreateFolder',
  'CreateSymlink',
  'DeleteFile',
  'DeleteFolder',
  'ExecuteBinary',
  'ExecuteDocument',
  'ListFiles',
  'MoveFile',
  'MoveFolder',
  'ReadFile',
  'Reboot',
  'S3Download',
  'S3Upload',
  'SetFileEncoding',
  'UpdateOS',
  'WebDownload',
];

// YAML reads 1.2 or true without quotes as another type. AWSTOE reads it as text wherever text is wanted.
const scalar = z.union([z.string(), z.number(), z.boolean()], { error: 'must be text' });
const name = z.string().check(z.minLength(1), z.maxLength(128));
const variableName = z.string().check(formed(/^[A-Za-z0-9_-]{3,128}$/, 'be 3 to 128 letters, digits, - and _'));

/** A list of maps with one key each, which is the name. */
const named = <S extends z.core.$ZodType>(entry: S) =>
  z.array(
    z
      .record(variableName, entry)
      .check(z.refine((map) => Object.keys(map).length === 1, { error: 'must be a map with one name' })),
  );

const loop = z.strictObject({
  name: z.exactOptional(name),
  for: z.exactOptional(z.strictObject({ start: z.int(), end: z.int(), updateBy: z.int() })),
  forEach: z.exactOptional(
    z.union([z.array(scalar), z.strictObject({ list: scalar, delimiter: z.exactOptional(z.string()) })]),
  ),
});

const step = z.strictObject({
  name,
  action: z.enum(actionModules),
  // A map, or a list with one map: the user guide shows both forms.
  if: z.exactOptional(z.unknown()),
  loop: z.exactOptional(loop),
  timeoutSeconds: z.exactOptional(
    z
      .int()
      .check(
        z.refine((seconds) => seconds === -1 || seconds > 0, { error: 'must be more than 0, or -1 for no limit' }),
      ),
  ),
  onFailure: z.exactOptional(z.enum(['Abort', 'Continue', 'Ignore'])),
  maxAttempts: z.exactOptional(z.int().check(z.positive())),
  inputs: z.exactOptional(z.unknown()),
});

const componentDocument = z.strictObject({
  name: z.exactOptional(scalar),
  description: z.exactOptional(scalar),
  schemaVersion: z.union([z.literal(1), z.literal('1.0')], { error: 'must be 1.0' }),
  parameters: z.exactOptional(
    named(
      z.strictObject({
        type: z.literal('string'),
        default: z.exactOptional(scalar),
        description: z.exactOptional(scalar),
      }),
    ),
  ),
  constants: z.exactOptional(named(z.strictObject({ type: z.literal('string'), value: scalar }))),
  phases: z.array(z.strictObject({ name, steps: z.array(step).check(z.minLength(1)) })).check(z.minLength(1)),
});

/** A component document in which nothing is wrong, as far as its form goes. */
type ComponentDocument = z.infer<typeof componentDocument>;

/** Names that are in a list before, with their place. */
const repeated = (names: string[]): [number, string][] =>
  names.flatMap((one, index) => (names.indexOf(one) < index ? [[index, one] as [number, string]] : []));

/** A component document, or everything that is wrong with it. Paths lead into the document. */
export function parseComponent(
  given: unknown,
): { document: ComponentDocument; problems?: never } | { problems: Problem[]; document?: never } {
  const { problems, data } = explain(componentDocument, given);
  if (!data) return { problems };
  const { phases, parameters = [], constants = [] } = data;
  const twice = (path: Problem['path'], what: string) => problems.push({ path, message: `${what} is already used` });
  for (const [index, one] of repeated(phases.map((phase) => phase.name))) twice(['phases', index, 'name'], one);
  for (const [at, { steps }] of phases.entries())
    for (const [index, one] of repeated(steps.map((each) => each.name)))
      twice(['phases', at, 'steps', index, 'name'], one);
  const variables = [...parameters, ...constants].flatMap((map) => Object.keys(map));
  for (const [index, one] of repeated(variables))
    twice(index < parameters.length ? ['parameters', index] : ['constants', index - parameters.length], one);
  if (!phases.some((phase) => ['build', 'validate', 'test'].includes(phase.name)))
    problems.push({ path: ['phases'], message: 'must have at least one of the phases build, validate and test' });
  return problems.length > 0 ? { problems } : { document: data };
}

/** Which of these phases a document has. */
export const phasesOf = ({ phases }: ComponentDocument, wanted: readonly string[]): string[] =>
  phases.flatMap((phase) => (wanted.includes(phase.name) ? [phase.name] : []));

/** The component document of a file that a recipe carries. Undefined if the file is missing or wrong, which a rule tells. */
export const componentAt = (file: string, scripts: Record<string, string>): ComponentDocument | undefined =>
  parseComponent(carriedAt(file, scripts)?.component).document;

/**
 * The operating system that the component of a step is for, by its actions. Undefined if they run on both, or if there are actions
 * of both, since then conditions choose among them.
 */
export function systemOfStepComponent(
  { file }: { file: string },
  scripts: Record<string, string>,
): 'Linux' | 'Windows' | undefined {
  const used = componentAt(file, scripts)?.phases.flatMap(({ steps }) => steps.map(({ action }) => action)) ?? [];
  const [windows, linux] = [onWindows, onLinux].map((known) => used.some((action) => known.includes(action)));
  if (windows === linux) return undefined;
  return windows ? 'Windows' : 'Linux';
}

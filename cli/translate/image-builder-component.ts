import { basename } from 'node:path';
import { componentPhases } from '../../core/recipe/component/component-phases.ts';
import {
  CannotTranslate,
  note,
  own,
  recipeNameFrom,
  type DocumentContext,
  type Draft,
  type GivenDocument,
} from './draft.ts';
import type { TranslationNote } from './notes.ts';

/* oxlint-disable typescript/no-explicit-any -- documents of others, read key by key */
type Json = Record<string, any>;

const cannot = (why: string): never => {
  throw new CannotTranslate(why);
};

const duration = ({ timeoutSeconds }: Json) =>
  typeof timeoutSeconds === 'number' && timeoutSeconds >= 30 ? { timeout: `${timeoutSeconds}s` } : {};
const commandsOf = ({ inputs = {} }: Json): string => {
  const text = `${(inputs.commands ?? []).join('\n')}\n`;
  if (/\{\{/.test(text)) cannot('a command has {{ }} of Image Builder; write the value, or a parameter of the recipe');
  return text;
};

const actions: Record<string, (step: Json) => Record<string, unknown>> = {
  ExecuteBash: (step) => ({ run: commandsOf(step), ...duration(step) }),
  ExecutePowerShell: (step) => ({ powershell: commandsOf(step), ...duration(step) }),
  Reboot: () => ({ reboot: true }),
  UpdateOS: () =>
    cannot('write the update: dnf -y upgrade, apt-get -y full-upgrade, or document: AWS-InstallWindowsUpdates'),
  S3Download: () =>
    cannot(
      'put the file beside the recipe and write a step with files, or run aws s3 cp with an instanceProfile that may read it',
    ),
  S3Upload: () => cannot('run aws s3 cp with an instanceProfile that may write there'),
  WebDownload: () => cannot('run curl, and compare the checksum'),
};

/** Adds a component document: its steps, or a step that runs it as it is if a translation of its steps would lose something. */
export function addComponent(
  component: GivenDocument,
  { draft, notes }: Pick<DocumentContext, 'draft' | 'notes'>,
  parameters: Record<string, string> = {},
): void {
  const { file, document } = component;
  const { name, phases } = document as Json;
  draft.name ||= recipeNameFrom(String(name ?? ''));
  const { steps, found } = stepsOf(component, draft);
  const lost = found.filter(({ result }) => result === 'not translated');
  if (lost.length === 0) {
    draft.provision.push(...steps.provision);
    draft.checks.push(...steps.checks);
    notes.push(...found);
    return;
  }
  const step = {
    name: String(name ?? basename(file).replace(/\.ya?ml$/, '')),
    component: { file: basename(file), ...(Object.keys(parameters).length > 0 && { parameters }) },
  };
  const places = (['provision', 'checks'] as const).flatMap((key) => {
    const runs: readonly string[] = componentPhases[key];
    if (!(phases as Json[]).some((phase) => runs.includes(phase['name']))) return [];
    return [`${key}[${draft[key].push(step) - 1}]`];
  });
  const says = `${places.join(' and ')}: AWSTOE runs it as it is, because steps of a recipe would lose ${lost.map(({ what }) => what).join(', ')}; put ${basename(file)} beside the recipe`;
  notes.push({ file, line: 1, what: 'the whole component', result: 'translated', says });
  for (const note of lost)
    notes.push({ ...note, result: 'not needed', says: `the component has it; in steps of a recipe: ${note.says}` });
}

/** The steps of a component document, those of `build` as steps and others as checks, and what became of each. */
function stepsOf({ document, file, lineOf }: GivenDocument, draft: Draft) {
  const steps: Pick<Draft, 'provision' | 'checks'> = { provision: [], checks: [] };
  const found: TranslationNote[] = [];
  const { phases, ...others } = document as Json;
  for (const what of ['parameters', 'constants'])
    if (others[what]) {
      const says = 'write the values, or parameters of the recipe';
      found.push({ file, line: lineOf([what]), what, result: 'not translated', says });
    }
  for (const [at, { name: phase, steps: given = [] }] of (phases as Json[]).entries()) {
    const key = phase === 'build' ? 'provision' : 'checks';
    for (const [index, step] of (given as Json[]).entries()) {
      const line = lineOf(['phases', at, 'steps', index]);
      note(found, { file, line, what: `${phase}, ${step['name']} (${step['action']})` }, () => {
        steps[key].push(stepOf(step, key));
        return `${key}[${draft[key].length + steps[key].length - 1}]`;
      });
      if (step['onFailure'] === 'Ignore' || (step['onFailure'] === 'Continue' && key === 'checks')) {
        const says = 'end the command with || true';
        found.push({ file, line, what: `${step['name']}, onFailure`, result: 'not translated', says });
      }
    }
  }
  return { steps, found };
}

function stepOf(step: Json, key: 'provision' | 'checks'): Record<string, unknown> {
  if (step['loop'] || step['if']) cannot('write the loop or the condition into a script');
  const translate = own(actions, String(step['action']));
  if (!translate) return cannot('write what it does as a step with run or powershell');
  if (key === 'checks' && step['action'] === 'Reboot')
    return cannot('checks do not reboot; the candidate has just booted');
  const attempts = step['maxAttempts'] > 1 &&
    key === 'provision' && { retry: { attempts: Math.min(step['maxAttempts'], 10) } };
  const goesOn = step['onFailure'] === 'Continue' && key === 'provision' && { onFailure: 'continue' };
  return { name: String(step['name']), ...translate(step), ...attempts, ...goesOn };
}

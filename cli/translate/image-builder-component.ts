import { basename } from 'node:path';
import { CannotTranslate, note, own, recipeNameFrom, type DocumentContext } from './draft.ts';

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

/** Adds the steps of a component document: those of `build` become steps, and others checks. */
export function addComponent({ phases, ...others }: Json, { draft, file, notes }: DocumentContext): void {
  draft.name ||= recipeNameFrom(String(others['name'] ?? ''));
  const before = notes.length;
  for (const key of ['parameters', 'constants'])
    if (others[key])
      notes.push({ file, what: key, result: 'not translated', says: 'write the values, or parameters of the recipe' });
  for (const { name: phase, steps = [] } of phases as Json[]) {
    const list = phase === 'build' ? draft.provision : draft.checks;
    const key = phase === 'build' ? 'provision' : 'checks';
    for (const step of steps as Json[]) {
      note(notes, { file, what: `${phase}, ${step['name']} (${step['action']})` }, () => {
        if (step['loop'] || step['if']) cannot('write the loop or the condition into a script');
        const translate = own(actions, String(step['action']));
        if (!translate) return cannot('write what it does as a step with run or powershell');
        if (key === 'checks' && step['action'] === 'Reboot')
          return cannot('checks do not reboot; the candidate has just booted');
        const attempts = step['maxAttempts'] > 1 &&
          key === 'provision' && { retry: { attempts: Math.min(step['maxAttempts'], 10) } };
        const goesOn = step['onFailure'] === 'Continue' && key === 'provision' && { onFailure: 'continue' };
        list.push({ name: String(step['name']), ...translate(step), ...attempts, ...goesOn });
        return `${key}[${list.length - 1}]`;
      });
      if (step['onFailure'] === 'Ignore' || (step['onFailure'] === 'Continue' && key === 'checks'))
        notes.push({
          file,
          what: `${step['name']}, onFailure`,
          result: 'not translated',
          says: 'end the command with || true',
        });
    }
  }
  if (notes.slice(before).some(({ result }) => result === 'not translated'))
    notes.push({
      file,
      what: 'the whole component',
      result: 'not needed',
      says: `it also runs as it is, by AWSTOE: put it beside the recipe, with a step component: { file: ${basename(file)} } in place of these, and a check like it for the phase test`,
    });
}

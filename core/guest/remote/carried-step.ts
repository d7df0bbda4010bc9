import { carriedAt, folderOf, type Carried } from '../../recipe/steps/carried.ts';
import type { Step } from '../../recipe/types.ts';
import { playAnsible } from './play-ansible.ts';
import { runComponent, type StepPlace } from './run-component.ts';
import { unpackFiles } from './unpack-files.ts';

/** The command of a step that brings something from beside the recipe. Undefined for a step of another kind. */
export function carriedStep(
  { files, ansible, component }: Step,
  seconds: number,
  scripts: Record<string, string>,
  place: StepPlace,
) {
  const needed = (from: string): Carried => {
    const carried = carriedAt(from, scripts);
    if (!carried) throw new Error(`${from} is not carried`); // a rule of the recipe has refused it
    return carried;
  };
  if (files) return unpackFiles(files, needed(files.from), seconds);
  if (ansible) return playAnsible(ansible, needed(folderOf(ansible.playbook)), seconds);
  if (component) return runComponent(component, needed(component.file), seconds, place);
  return undefined;
}

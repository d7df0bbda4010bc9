import type * as z from 'zod/mini';
import { additionMessage } from './addition-request.ts';

/** What the keys of the input must be. */
const forms: Record<string, string> = {
  build: 'is no build id (YYYYMMDD-HHMMSS-hhhh)',
  from: 'must be the name of a step or check',
  replan: 'must be true or false',
  recipe: 'must be the name of a recipe or a recipe document',
  overrides: 'must be an object of recipe keys',
  parameters: 'must be an object of values by name, such as {"version": "1.2"}',
  force: 'must be true or false',
};

/** A problem of the input in words. `known`: the keys that a person may give. */
export function inputProblem(issue: z.core.$ZodIssue, known: string): string {
  if (issue.path[0] === 'distribute') return additionMessage(issue);
  if (issue.code === 'unrecognized_keys')
    return issue.path[0] === 'trigger'
      ? `unknown key ${issue.keys.join(', ')}; known are by, reason`
      : `unknown key ${issue.keys.join(', ')}; known are ${known}`;
  if (issue.path[0] === 'trigger') return triggerProblem(issue.path[1]);
  return forms[String(issue.path[0])] ?? 'the execution input must be an object like {"recipe": "al2023-base"}';
}

function triggerProblem(key: PropertyKey | undefined): string {
  if (key === 'by') return 'must be schedule, source or parent';
  return key === 'reason' ? 'must be one line of 1 to 500 characters' : 'must be an object of by and reason';
}

// Roles and instance profiles of builders whose steps have secrets: one for each recipe, so that none reads those of another.
import { builderRole } from './builder.ts';
import { idOfRecipe, ref, sub, type Resources } from './cloudformation.ts';
import { decryptsSecrets } from './secret-statements.ts';
import type { StackSettings } from './settings/stack-settings.ts';

interface Reader {
  recipe: string;
  secrets: string[];
}

const roleId = (recipe: string) => `SecretsOf${idOfRecipe(recipe)}Role`;
const profileId = (recipe: string) => `SecretsOf${idOfRecipe(recipe)}Profile`;

/** Path of these roles and profiles. IAM lets Launch pass only roles below it. */
const path = sub('/${AWS::StackName}/builders/');

export function secretReaderResources(stack: StackSettings, readers: Reader[]): Resources {
  const made = readers.map(({ recipe, secrets }): Resources => {
    const readable = [...new Set([...stack.builderSecrets, ...secrets])];
    const role = builderRole(stack, { Path: path }, readable);
    role.Properties['Policies'][0].PolicyDocument.Statement.push(decryptsSecrets(readable));
    return {
      [roleId(recipe)]: role,
      [profileId(recipe)]: {
        Type: 'AWS::IAM::InstanceProfile',
        Properties: { Path: path, Roles: [ref(roleId(recipe))] },
      },
    };
  });
  return Object.assign({}, ...made) as Resources;
}

/** Instance profile by recipe, as references of CloudFormation. */
export const secretProfilesOf = (readers: Reader[]): Record<string, string> =>
  Object.fromEntries(readers.map(({ recipe }) => [recipe, `\${${profileId(recipe)}}`]));

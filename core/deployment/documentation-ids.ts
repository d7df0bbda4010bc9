import type { Recipe } from '../recipe/types.ts';
import type { Path, Problem } from '../recipe/recipe.ts';

// Account ids of documentation: 111122223333, 444455556666 and similar, 999999999999 and similar, and ids that only count up.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples.html and the pages around it use them.
const repeating = /^(?:(\d)\1{11}|(\d)\2{3}(\d)\3{3}(\d)\4{3})$/;
const counting = ['012345678901234567890', '098765432109876543210'];
const isDocumented = (id: string): boolean =>
  repeating.test(id) || (/^\d{12}$/.test(id) && counting.some((digits) => digits.includes(id)));
// o-exampleorgid, ou-examplerootid111-exampleouid111, o-a1b2c3d4e5, ou-ab12-workload and similar.
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_access-with-org-id.html
const organization =
  /(?:\/|^)(?:o-(?:example|a1b2c3d4e5|1234567890|xxxxxxxx|aa111bb222)|ou-(?:example|ab12-|a1b2-|xxxx-))/;

const inArn = /^arn:[^:]+:[^:]+:[^:]*:(\d{12}):/;

const why = 'is an example from documentation and not yours: put your own in its place, or remove it';

/** Ids from AWS's documentation and our examples. They are placeholders, so an image must not be shared with them. */
export function documentationProblems({ source, builder, distribute }: Recipe): Problem[] {
  const problems: Problem[] = [];
  const look = (path: Path, id: string | undefined) => {
    if (id === undefined) return;
    const named = inArn.exec(id)?.[1] ?? id;
    if (isDocumented(named) || organization.test(id)) problems.push({ path, message: `${id} ${why}` });
  };
  look(['source', 'owner'], source.owner);
  look(['builder', 'rootVolume', 'kmsKey'], builder.rootVolume.kmsKey);
  builder.volumes.forEach(({ kmsKey }, index) => look(['builder', 'volumes', index, 'kmsKey'], kmsKey));
  distribute.forEach((target, index) => {
    look(['distribute', index, 'kmsKey'], target.kmsKey);
    for (const key of ['accounts', 'organizations', 'organizationalUnits'] as const)
      target[key].forEach((id, at) => look(['distribute', index, key, at], id));
  });
  return problems;
}

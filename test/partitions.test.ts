import { readdirSync } from 'node:fs';
// The stack in every partition of AWS: resolved as CloudFormation would, nothing in it belongs to another one.
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Template } from './support/template/check-template.ts';
import { packagedTemplate } from './support/template/packaged-template.ts';
import { places, resolved, textsIn } from './support/template/resolved-template.ts';

let template: Template;
beforeAll(async () => {
  template = await packagedTemplate();
}, 60_000);

describe.each(places.map((place) => [place['AWS::Partition'], place] as const))('in %s', (partition, place) => {
  const definitionsFilled = () => {
    const { Resources } = resolved(template, place) as { Resources: Record<string, any> };
    return Object.fromEntries(
      Object.entries(Resources).map(([id, { Definition, DefinitionSubstitutions = {}, ...more }]) => [
        id,
        Definition
          ? {
              ...more,
              Definition: JSON.stringify(Definition).replace(/\$\{(\w+)\}/g, (_, name: string) => {
                if (!(name in DefinitionSubstitutions)) throw new Error(`${id} does not say what ${name} is`);
                return String(DefinitionSubstitutions[name]);
              }),
            }
          : more,
      ]),
    );
  };

  test('no ARN is of another partition', () => {
    const foreign = [...textsIn(definitionsFilled())].flatMap(([path, text]) =>
      // Organizations in the setting shareWith are the user's own words.
      [...text.replace(/\\?"shareWith\\?":\[[^\]]*\]/, '').matchAll(/\barn:([^:]*):([^:]*)/g)]
        .filter(([, of]) => of !== partition)
        .map(([arn]) => `${path}: ${arn}`),
    );
    expect(foreign).toEqual([]);
  });

  test('every Task calls an integration of the partition', () => {
    const definitions = Object.values(definitionsFilled()).flatMap(({ Definition = [] }) => Definition as string);
    expect(definitions).toHaveLength(readdirSync('statemachines').length);
    for (const definition of definitions)
      expect(new Set([...definition.matchAll(/"Resource":"([^"]+?):lambda:/g)].map(([, where]) => where))).toEqual(
        new Set([`arn:${partition}:states::`]),
      );
  });

  // In China EC2 has a name of its own; the other services of ours have one name everywhere.
  // https://docs.amazonaws.cn/en_us/IAM/latest/UserGuide/reference_policies_elements_principal.html, aws-cdk pull 22589
  const ec2 = partition === 'aws-cn' ? 'ec2.amazonaws.com.cn' : 'ec2.amazonaws.com';

  test('EC2 is called by its name there', () => {
    const all = definitionsFilled();
    expect(all['BuilderRole'].AssumeRolePolicyDocument.Statement[0].Principal).toEqual({ Service: ec2 });
    const principals = [...textsIn(all)]
      .filter(([path]) => /\.Principal(\.Service)?$/.test(path))
      .map(([, who]) => who);
    const foreign = principals.filter(
      (who) => who !== '*' && who !== ec2 && !/^(?!ec2)[a-z]+\.amazonaws\.com$/.test(who),
    );
    expect(foreign).toEqual([]);
  });

  test('roles may be passed to EC2, and keys used through it', () => {
    const { LaunchRole } = definitionsFilled();
    const conditions = LaunchRole.Policies[0].PolicyDocument.Statement.map(({ Condition = {} }: any) => Condition);
    const valuesOf = (operator: string, key: string): string[] =>
      conditions.flatMap((condition: any) => condition[operator]?.[key] ?? []);
    expect(valuesOf('StringEquals', 'iam:PassedToService')).toContain(ec2);
    expect(valuesOf('StringLike', 'kms:ViaService')).toContain(`ec2.*.${place['AWS::URLSuffix']}`);
  });
});

import { inBatches } from '../batches.ts';
import { imageNameIn } from '../distribute/image-name.ts';
import { expectedOwner } from '../launch/source.ts';
import type { Recipe } from '../recipe/types.ts';

interface Assigned<T> {
  '@@assign': T;
}

/**
 * A criterion of Allowed AMIs as a declarative policy of AWS Organizations has it. AWS documents no criterion of watermarks there:
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_ec2_syntax.html
 */
interface PolicyCriterion {
  allowed_image_providers: Assigned<string[]>;
  image_names?: Assigned<string[]>;
  creation_date_condition?: { maximum_days_since_created: Assigned<number> };
  deprecation_time_condition?: { maximum_days_since_deprecated: Assigned<number> };
}

/** The text of a policy of the type DECLARATIVE_POLICY_EC2. */
interface DeclarativePolicy {
  ec2_attributes: {
    allowed_images_settings: {
      state: Assigned<'enabled' | 'audit_mode'>;
      image_criteria: Record<string, PolicyCriterion>;
    };
  };
}

/** Limits of EC2 for criteria, and of Organizations for the characters of a declarative policy. */
const most = { criteria: 10, names: 50, characters: 10_000 };

/** What EC2's wildcards match of every build's id. A name of another recipe, such as base-web beside base, does not match. */
const anyBuild = '????????-??????-????';

/** The names of a recipe's images in all its targets, as patterns. */
export const namePatterns = ({ name: recipe, distribute }: Recipe): string[] => [
  ...new Set(
    distribute.map((target) => {
      const image = `${recipe}-${anyBuild}`;
      return imageNameIn({ recipe, build: anyBuild, image, region: target.region, document: { distribute } }, target);
    }),
  ),
];

interface PolicyOf {
  /** The account that owns the images. */
  account: string;
  /** How many days after they were made images may be launched. */
  days: number;
  /** The recipes whose sources may be launched, too. */
  sourcesOf: Recipe[];
  state: 'enabled' | 'audit_mode';
}

/**
 * The declarative policy by which accounts of an organization launch only young images with the names of recipes. Undefined if it is
 * more than EC2 and Organizations take.
 */
export function declarativePolicy(
  recipes: Recipe[],
  { account, days, sourcesOf, state }: PolicyOf,
): DeclarativePolicy | undefined {
  const ours = inBatches(recipes.flatMap(namePatterns), most.names).map((names): PolicyCriterion => ({
    allowed_image_providers: { '@@assign': [account] },
    image_names: { '@@assign': names },
    creation_date_condition: { maximum_days_since_created: { '@@assign': days } },
    deprecation_time_condition: { maximum_days_since_deprecated: { '@@assign': 0 } },
  }));
  // Here the aliases of owners are written with underscores.
  const owners = sourcesOf.map(({ source }) => expectedOwner(source, account).replaceAll('-', '_'));
  const vendors = [...new Set(owners)].filter((owner) => owner !== account).toSorted();
  const all = [...ours, ...(vendors.length > 0 ? [{ allowed_image_providers: { '@@assign': vendors } }] : [])];
  const image_criteria = Object.fromEntries(all.map((one, index) => [`criteria_${index + 1}`, one]));
  const policy = { ec2_attributes: { allowed_images_settings: { state: { '@@assign': state }, image_criteria } } };
  return all.length > most.criteria || JSON.stringify(policy).length > most.characters ? undefined : policy;
}

/**
 * A CloudFormation template that makes the policy, in the organization's management account or that of a delegated administrator.
 * CloudFormation has no resource for the Allowed AMIs of a single account.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-organizations-policy.html
 */
export const policyTemplate = (policy: DeclarativePolicy, deployment: string) => ({
  AWSTemplateFormatVersion: '2010-09-09',
  Description: `Accounts of the organization launch only young images of the pipeline ${deployment}`,
  Parameters: {
    Targets: {
      Type: 'CommaDelimitedList',
      Description: 'Ids of the roots, organizational units and accounts that the policy is attached to',
    },
  },
  Resources: {
    AllowedImages: {
      Type: 'AWS::Organizations::Policy',
      Properties: {
        Name: `golden-allowed-images-${deployment}`,
        Description: `Only young images of the pipeline ${deployment} are launched`,
        Type: 'DECLARATIVE_POLICY_EC2',
        TargetIds: { Ref: 'Targets' },
        Content: policy,
      },
    },
  },
});

/** A CloudFormation resource. */
export interface Resource {
  Type: string;
  Condition?: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- properties of CloudFormation, as many types as there are
  Properties: Record<string, any>;
}
/** Resources by logical id. */
export type Resources = Record<string, Resource>;

/** A text, or a function of CloudFormation that gives one. */
export type Text = string | { 'Fn::Sub': string } | { 'Fn::GetAtt': [id: string, attribute: string] } | { Ref: string };

/** A text that CloudFormation completes. */
export const sub = (text: string) => ({ 'Fn::Sub': text });
/** An ARN that CloudFormation completes. It begins with the partition. */
export const arn = (rest: string) => sub('arn:${AWS::Partition}:' + rest);
export const ref = (id: string) => ({ Ref: id });
export const getArn = (id: string): { 'Fn::GetAtt': [string, string] } => ({ 'Fn::GetAtt': [id, 'Arn'] });

/** The value of a property that CloudFormation leaves out. */
export const noValue = ref('AWS::NoValue');

const pascal = (key: string) => key.charAt(0).toUpperCase() + key.slice(1);
export const roleIdOf = (key: string): string => `${pascal(key)}Role`;
/** The logical id that osls gives to a function. */
export const lambdaIdOf = (key: string): string => `${pascal(key)}LambdaFunction`;

/** Who may take on a role. Our account must be the one that the service acts for. */
export const assumedBy = (Service: string) => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Service },
      Action: 'sts:AssumeRole',
      Condition: { StringEquals: { 'aws:SourceAccount': ref('AWS::AccountId') } },
    },
  ],
});

/** A recipe's name in a logical id, which has no hyphens and no underscores. A name has no capitals, so two never become the same. */
export const idOfRecipe = (recipe: string): string => recipe.replaceAll('-', 'X').replaceAll('_', 'U');

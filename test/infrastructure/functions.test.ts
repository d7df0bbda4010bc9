import { expect, test } from '@jest/globals';
import { substitutionsOf, takeRecipes } from '../../infrastructure/functions.ts';
import { declaredFunctions, type Declared } from '../../infrastructure/roles/declared.ts';

const seal: Declared = { key: 'seal', byEvents: false, actions: [] };
const machine = '{ "Resource": "arn:${Partition}:states:::lambda:invoke", "FunctionName": "${SealArn}" }';

test('a state machine calls functions by the ARNs of their resources', () => {
  expect(substitutionsOf(machine, [seal])).toEqual({
    substitutions: { Partition: { Ref: 'AWS::Partition' }, SealArn: { 'Fn::GetAtt': ['SealLambdaFunction', 'Arn'] } },
    arns: [{ 'Fn::GetAtt': ['SealLambdaFunction', 'Arn'] }],
  });
});

test('a state machine that calls a function without a file is refused', () => {
  expect(() => substitutionsOf(machine.replace('Seal', 'Polish'), [seal])).toThrow(
    'A state machine calls Polish, and functions/ has no file for it.',
  );
});

test('every function that takes recipes has a file', () => {
  expect(declaredFunctions.map(({ key }) => key)).toEqual(expect.arrayContaining(takeRecipes));
});

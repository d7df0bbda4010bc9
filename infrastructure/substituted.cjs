// Texts that CloudFormation completes: `sub` for any text, `arn` for an ARN, which begins with the partition.
const sub = (text) => ({ 'Fn::Sub': text });
const arn = (rest) => sub('arn:${AWS::Partition}:' + rest);

module.exports = { sub, arn };

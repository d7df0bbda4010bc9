// Texts that CloudFormation completes: `sub` any, `arn` one that begins with the partition.
const sub = (text) => ({ 'Fn::Sub': text });
const arn = (rest) => sub('arn:${AWS::Partition}:' + rest);

module.exports = { sub, arn };

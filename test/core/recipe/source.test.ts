import { casesOf } from './recipe-cases.ts';

const source = 'parameter: /aws/service/ami-amazon-linux-latest/al2023\n  owner: amazon';

casesOf([
  [
    'a source has one way only',
    `source:\n  ${source}`,
    '¦source:\n  parameter: /x\n  ami: ami-0123456789abcdef0\n  owner: amazon',
    'source: needs exactly one of parameter, filter, ami, channel, disk; it has parameter and ami',
  ],
  [
    'a source has at least one way',
    `source:\n  ${source}`,
    '¦source:\n  owner: amazon',
    'source: needs exactly one of parameter, filter, ami, channel, disk; it has none',
  ],
  [
    'a source has an owner',
    `source:\n  ${source}`,
    '¦source:\n  ami: ami-0123456789abcdef0',
    'source.owner: is required: anybody can publish an AMI under any name, so say who must own it (amazon, self or an account id)',
  ],
]);

casesOf([
  [
    'a channel needs no other owner',
    source,
    'channel: other/stable\n  ¦owner: amazon',
    'source.owner: does not go with channel, whose images are always our own; remove amazon',
  ],
  [
    'a recipe does not build on itself',
    source,
    '¦channel: base/stable',
    'source.channel: is a channel of this recipe, so each build would start from the last one',
  ],
  [
    'a recipe does not find its own images',
    source,
    'filter: { ¦name: "b?se-20*" }\n  owner: self',
    'source.filter.name: matches the images of this recipe, so each build would start from the last one',
  ],
  [
    'an owner is a word or an account',
    'owner: amazon',
    '¦owner: canonical',
    'source.owner: must be amazon, self or an account id of 12 digits, got "canonical"',
  ],
  [
    'an owner without quotes is a number',
    'owner: amazon',
    '¦owner: 099720109477',
    'source.owner: must be an account id of 12 digits in quotes: without quotes YAML reads a number, here 99720109477, and drops leading zeros',
  ],
  [
    'a filter of wildcards only takes anything',
    source,
    'filter: { ¦name: "***" }\n  owner: self',
    'source.filter.name: must say more than wildcards',
  ],
  [
    'an AMI id has its form',
    source,
    '¦ami: ami-12\n  owner: self',
    'source.ami: must be an AMI id such as ami-0123456789abcdef0, got "ami-12"',
  ],
  [
    'the name of a parameter has 15 levels at most',
    source,
    `¦parameter: ${'/a'.repeat(16)}\n  owner: self`,
    'source.parameter: must have at most 15 levels, as names of parameters do',
  ],
]);

import { full } from './full-recipe.ts';
import { huge } from './mutations.ts';

const json = (changes: object) => JSON.stringify({ ...full, ...changes }, null, 1);
export const fullYaml = json({});
const more = (text: string) => `${fullYaml.slice(0, -2)},\n${text}\n}\n`;
const scripted = (path: string) => json({ provision: [{ name: 'x', script: path }] });
const lines = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => line(index)).join('\n');

const small = `name: base
source: { ami: ami-0123456789abcdef0, owner: self }
builder: { instanceTypes: [t3.small] }
distribute:
  - region: us-east-1
`;

/** Files that are no recipe. */
export const wrongFiles: [sentence: string, text: string | Uint8Array, message?: string | RegExp][] = [
  ['nothing at all', ''],
  ['nothing but a BOM', '\uFEFF'],
  ['blank lines', '\n \n\r\n'],
  ['a comment', '# later'],
  ['a single NUL', '\0'],
  ['control characters', 'name: a\u0007b\u001b[31m\n'],
  ['UTF-16', Buffer.from(`\uFEFF${small}`, 'utf16le'), 'it is not UTF-8 text'],
  ['a picture', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0xff)],
  ['two documents', `${small}---\n${small}`, 'multiple documents'],
  ['a tab for indentation', small.replace('  - region', '\t- region'), 'Tabs'],
  ['an open bracket', `${small}publish: {`],
  ['an open quote', `${small}description: "and so on`],
  ['half an escape', `${small}description: "\\u12"\n`],
  ['an unknown directive', `%FOO bar\n---\n${small}`, 'YAML'],
  ['a key that is a list', `${small}? [a]\n: b\n`],
  ['a key given twice', `${small}name: base\n`, 'this key is here twice'],
  ['a key given twice in JSON', more('"name": "base"'), 'this key is here twice'],
  ['a tag key given twice', `${small}image: { tags: { a: x, a: y } }\n`, 'this key is here twice'],
  ['__proto__ given twice', `${small}__proto__: {}\n__proto__: {}\n`, 'this key is here twice'],
  ['a tag of JavaScript', `${small}description: !!js/function "() => process.exit(0)"\n`, 'js/function'],
  ['a tag of Python', `${small}description: !!python/object/apply:os.system ["id"]\n`],
  ['a binary', `${small}description: !!binary R0lGODlh\n`],
  ['a set', `${small}publish: !!set { channel }\n`],
  ['a timestamp where text belongs', `${small}publish: { channel: !!timestamp 2001-12-14 }\n`],
  [
    'a merge of wrong keys',
    `${small}publish: &p { channel: a }\nimage: { <<: *p }\n`,
    'image.channel: is not a key here',
  ],
  ['a merge of what is no map', `${small}publish: { <<: 5 }\n`, 'Merge sources must be maps'],
  ['a merge of itself', `${small}publish: &p { <<: *p }\n`, 'cannot be read'],
  ['an alias of nothing', `${small}publish: *nothing\n`, 'stands for nothing'],
  ['an alias before its anchor', `${small}publish: *p\nimage: &p {}\n`, 'stands for nothing'],
  ['a list that holds itself', `${small}provision: &me [*me]\n`, 'provision[0]'],
  ['a map that holds itself', `${small}publish: &me { channel: *me }\n`, 'publish.channel'],
  ['a document that holds itself', `&me\n${small}publish: *me\n`],
  [
    'a billion laughs',
    lines(30, (level) => `l${level}: &l${level} [${level ? `*l${level - 1}, *l${level - 1}` : 'lol'}]`),
    'alias',
  ],
  [
    'a billion laughs of maps',
    lines(30, (level) => `l${level}: &l${level} ${level ? `{ a: *l${level - 1}, b: *l${level - 1} }` : '{}'}`),
    'alias',
  ],
  ['ten thousand aliases', `${small}description: &a x\nprovision: [${'*a, '.repeat(10_000)}]\n`, 'alias'],
  [
    'ten thousand anchors',
    `${small}provision:\n${lines(10_000, (index) => ` - &a${index} x\n - *a${index}`)}\n`,
    'alias',
  ],
  ['lists 10,000 deep', `${small}provision: ${'['.repeat(10_000)}${']'.repeat(10_000)}\n`, 'nested'],
  ['open lists 100,000 deep', `${small}provision: ${'['.repeat(100_000)}`, 'nested'],
  ['maps 10,000 deep', `${small}provision: ${'{a: '.repeat(10_000)}${'}'.repeat(10_000)}\n`, 'nested'],
  ['block lists 10,000 deep', `${small}provision:\n  ${'- '.repeat(10_000)}x\n`, 'nested'],
  ['maps 40 deep', `${small}publish: ${'{a: '.repeat(40)}${'}'.repeat(40)}\n`, 'nested more than 32 deep'],
  ['maps 200 deep', `${small}publish: ${'{a: '.repeat(200)}${'}'.repeat(200)}\n`, 'nested too deep'],
  ['4,000 unknown keys', `${small}${lines(4_000, (index) => `k${index}: 1`)}\n`, 'and 3900 more problems'],
  ['5,000 times one key', `${small}${lines(5_000, () => 'k: 1')}\n`, 'this key is here twice'],
  ['4,000 wrong accounts', `${small}    accounts: [${'1, '.repeat(4_000)}]\n`, 'and 3900 more problems'],
  ['4,000 times one account', `${small}    accounts: [${"'111122223333', ".repeat(4_000)}]\n`, 'is already there'],
  ['4,000 tags', `${small}image:\n  tags:\n${lines(4_000, (index) => `    k${index}: x`)}\n`, 'at most 40'],
  ['4,000 steps', `${small}provision:\n${lines(4_000, () => '  - run: x')}\n`, 'at most 100'],
  ['a huge plain text', `${small}publish: { channel: ${huge} }\n`],
  ['a huge key', `${small}? ${huge}\n: x\n`],
  ['a huge block text', `${small}description: |\n${'  xxxxxxxxxxxxxxxx\n'.repeat(4_000)}`],
  ['a huge blank', `${small}publish: ${' '.repeat(1_000_000)}`],
  ['a huge comment and nothing', `#${huge}`],
  ['a huge number', `${small}checks: [{ run: x, timeout: ${'9'.repeat(100_000)} }]\n`],
  ['a hexadecimal account', `${small}    accounts: [0x1234]\n`],
  ['an account without quotes', `${small}    accounts: [012345678901]\n`, 'in quotes'],
  ['not a number', `${small}checks: [{ run: x, timeout: .nan }]\n`],
  ['infinity', `${small}checks: [{ run: x, timeout: -.inf }]\n`],
  ['yes for true', `${small}triggers: { onSourceUpdate: yes }\n`],
  ['line breaks of the wrong kind only', small.replaceAll('\n', '\u2028')],
  ['text turned around', small.replace('us-east-1', '\u202Eus-east-1')],
  ['half a character', `${small}publish: { channel: "\\uD800" }\n`],
  ['a NUL in a command', `${small}provision: [{ run: "echo a\\0b" }]\n`, 'provision[0].run: contains a NUL'],
  [
    'half a character in a command',
    `${small}provision: [{ run: "echo \\uDFFF" }]\n`,
    'provision[0].run: contains a NUL',
  ],
  ['a NUL in a parameter', json({ provision: [{ document: 'AWS-X', parameters: { a: ['\0'] } }] }), 'contains a NUL'],
  ['CR LF in a command', `${small}provision: [{ run: "a\\r\\nb" }]\n`, 'CR LF'],
  ['an escape sequence in a step name', `${small}provision: [{ name: "\\e[2J", run: x }]\n`, 'one line'],
  ['a line break in a check name', `${small}checks: [{ name: "a\\nb", run: x }]\n`, 'one line'],
  ['a line break in a tag', `${small}image: { tags: { a: "b\\nc" } }\n`, 'image.tags.a: must be one line'],
  ['a NUL in the key of a tag', `${small}image: { tags: { "a\\0": b } }\n`, 'image.tags.a\\u0000: the key'],
  ['an emoji in the description', `${small}description: "\u{1F680}"\n`, 'description: must be printable ASCII'],
  ['a dash that is not ASCII in the description', `${small}description: web \u2014 hardened\n`, 'printable ASCII'],
  ['a description of 256 characters', `${small}description: ${'x'.repeat(256)}\n`, 'at most 255'],
  ['a tag of 257 characters', `${small}image: { tags: { a: ${'x'.repeat(257)} } }\n`, 'at most 256'],
  ['a tag key of 129 characters', `${small}image: { tags: { ${'x'.repeat(129)}: a } }\n`, 'at most 128'],
  ['a reserved tag', `${small}image: { tags: { AWS:x: a } }\n`, 'reserved'],
  ['a region there is not', small.replace('us-east-1', 'us-east-9'), 'did you mean us-east-1?'],
  ['a region in capitals', small.replace('us-east-1', 'US-EAST-1')],
  ['a region with a blank', small.replace('us-east-1', '"us-east-1 "')],
  ['a prototype as a region', small.replace('us-east-1', 'constructor')],
  ['a prototype as a name', small.replace('name: base', 'name: __proto__'), 'lower-case'],
  ['the name of another', small.replace('name: base', 'name: constructor'), 'the file is base.yaml'],
  ['a parent folder as a script', scripted('../secret.sh'), 'provision[0].script'],
  ['a parent folder within a path', scripted('scripts/../../secret.sh'), 'provision[0].script'],
  ['an absolute script', scripted('/etc/profile.d/x.sh'), 'provision[0].script'],
  ['a script at home', scripted('~/x.sh'), 'provision[0].script'],
  ['backslashes in a script', scripted('..\\..\\secret.sh'), 'provision[0].script'],
  ['an encoded script', scripted('%2e%2e/secret.sh'), 'provision[0].script'],
  ['a script by its address', scripted('file:///etc/x.sh'), 'provision[0].script'],
  ['a dot as a script', scripted('.'), 'provision[0].script'],
  ['two dots as a script', scripted('..'), 'provision[0].script'],
  ['an empty script', scripted(''), 'provision[0].script'],
  ['a NUL in a script', scripted('scripts/a\0.sh'), 'provision[0].script'],
  ['a NUL in the folder of a script', scripted('scr\0ipts/a.sh'), 'provision[0].script'],
  ['a line break after a script', scripted('scripts/harden.sh\n'), 'provision[0].script'],
  ['a huge script name', scripted(`${huge}.sh`), 'provision[0].script'],
  ['a script 100,000 folders down', scripted(`${'a/'.repeat(100_000)}x.sh`), 'provision[0].script'],
  ['a folder as a script', scripted('scripts/folder.sh'), 'it is a folder'],
  ['a link to the outside as a script', scripted('scripts/outside.sh'), 'leads out'],
  ['a link to a device as a script', scripted('scripts/zero.sh'), 'leads out'],
  ['a link that goes round as a script', scripted('scripts/round.sh'), 'provision[0].script'],
  ['a pipe as a script', scripted('scripts/pipe.sh'), 'is no file'],
  ['a script that is not text', scripted('scripts/binary.sh'), 'UTF-8'],
  ['a script with a NUL', scripted('scripts/nul.sh'), 'contains a NUL'],
];

/** Odd, but right. */
export const rightFiles: [sentence: string, text: string][] = [
  ['a BOM', `\uFEFF${small}`],
  ['CR LF', small.replaceAll('\n', '\r\n')],
  ['JSON', fullYaml],
  ['a document start and end', `---\n${small}...\n`],
  ['a YAML 1.1 directive that changes nothing', `%YAML 1.2\n---\n${small}`],
  ['a merge key', `${small}    <<: &shared { accounts: ['111122223333'] }\n  - { region: eu-west-1, <<: *shared }\n`],
  ['an alias', `${small}    accounts: &a ['111122223333']\n  - region: eu-west-1\n    accounts: *a\n`],
  ['shell metacharacters in a description', json({ description: '$(rm -rf /) `reboot` "quoted" \'; DROP' })],
  [
    'shell metacharacters in a tag',
    json({
      builder: { ...full.builder, imds: undefined },
      image: { tags: { '$(id)': '`reboot` && "x" \\ <a>&amp;' } },
    }),
  ],
  [
    'any script of the world in a tag',
    json({ builder: { ...full.builder, imds: undefined }, image: { tags: { Владелец: '東京 \u{1F680} עברית' } } }),
  ],
  ['a prototype as the key of a tag', json({ image: { tags: { constructor: 'x', toString: 'y' } } })],
  [
    'a prototype as the name of a step',
    json({
      checks: [
        { name: 'constructor', run: 'x' },
        { name: 'toString', run: 'x' },
        { name: '__proto__', component: { file: 'components/agent.yml', parameters: { Version: '1' } } },
      ],
    }),
  ],
  ['a tag that says nothing', json({ image: { tags: { a: '' } } })],
];

import { sha256 } from '../../../../core/digest.ts';
import { casesOf } from '../recipe-cases.ts';

const from = 'rootVolume: { sizeGiB: 8 }';
const bulk = Array.from({ length: 240 }, (_, line) => `echo ${sha256(String(line))}`).join('\\n');

casesOf([
  ['user data is taken as cloud-config', from, String.raw`userData: "#cloud-config\npackages: [jq]\n"`],
  ['user data is taken as a template', from, String.raw`userData: "## template: jinja\n#cloud-config\n"`],
  ['user data is taken from a file', from, 'userDataFile: scripts/proxy.yaml'],
  ['user data is taken for Windows', from, 'userData: "<powershell>x</powershell> <persist>true</persist>"'],
  [
    'user data is given once',
    from,
    'userData: "#!/bin/sh"\n  ¦userDataFile: scripts/setup.sh',
    'builder.userDataFile: does not go with userData; give one of them',
  ],
  [
    'a file of user data exists',
    from,
    '¦userDataFile: scripts/proxi.yaml',
    "builder.userDataFile: there is no scripts/proxi.yaml below the recipe's folder",
  ],
  [
    'a file of user data is below the folder',
    from,
    '¦userDataFile: ../proxy.yaml',
    'builder.userDataFile: must be a path below the recipe\'s folder such as user-data/proxy.yaml, without ./, ../ or a leading /, got "../proxy.yaml"',
  ],
  [
    'a file of user data begins as cloud-init knows it',
    from,
    '¦userDataFile: scripts/setup.sh',
    'builder.userDataFile: must begin as cloud-init knows it (#!, #cloud-config, #cloud-boothook, #include, #part-handler, ## template: jinja, or a MIME message), or with <powershell>; everything else would be ignored',
  ],
  [
    'user data for Linux has line ends of Linux',
    from,
    String.raw`¦userData: "#!/bin/sh\r\ntrue\r\n"`,
    'builder.userData: has CR LF line ends, which Linux does not understand; use LF',
  ],
  [
    'a MIME message is ASCII',
    from,
    String.raw`¦userData: "Content-Type: text/cloud-config\n\n# é\n"`,
    'builder.userData: is a MIME message, so it must be ASCII; encode the part in base64',
  ],
  [
    'user data for Windows is one element',
    from,
    '¦userData: "<powershell>x</powershell><script>y</script>"',
    'builder.userData: must be one <powershell> element, and at most <persist> behind it: the timer of the pipeline becomes a part of the same element',
  ],
  [
    'user data has no NUL',
    from,
    String.raw`¦userData: "#!/bin/sh\n\0"`,
    'builder.userData: contains a NUL or half of a character, which would not arrive unchanged',
  ],
  [
    'user data fits into what EC2 takes, with what the pipeline adds',
    from,
    String.raw`¦userData: "#!/bin/sh\n${bulk}\n"`,
    'builder.userData: makes 17372 bytes of user data with what the pipeline adds, and EC2 takes 16384; fetch the bulk from S3 in it, or do it in a step',
  ],
  [
    'user data holds no secret',
    from,
    String.raw`¦userData: "#!/bin/sh\nexport KEY=AKIAABCDEFGHIJKLMNOP\n"`,
    'builder.userData: contains an AWS access key id, and EC2 shows user data to others; fetch it on the instance from an SSM SecureString or Secrets Manager',
  ],
]);

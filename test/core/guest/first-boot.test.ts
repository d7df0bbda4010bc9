import { expect, test } from '@jest/globals';
import { bootScripts } from '../../../core/guest/boot-scripts.ts';
import { installAgent } from '../../../core/guest/install-agent.ts';
import { selfDestructSeconds } from '../../../core/guest/self-destruct.ts';
import { timer } from '../../../core/guest/shutdown-timer.ts';
import { linux, planOf } from '../../support/plan.ts';

const windows = { ...linux, windows: true };
const powershell = { provision: [{ powershell: 'x' }], checks: [{ name: 'up', powershell: 'x' }] };
const builder = (more: object) => ({ builder: { instanceTypes: ['t3.small'], ...more } });
const boundary = '--==golden-image-pipeline==';

/** The leaves of a MIME message, decoded, as Python's email package walks them for cloud-init. */
function parts(message: string): { type: string; text: string }[] {
  const at = message.indexOf('\n\n');
  const [head, body] = [message.slice(0, at), message.slice(at + 2)];
  const type = /^content-type: ([^;\n]+)/im.exec(head)?.[1] ?? '';
  const [, mark] = /boundary="([^"]+)"/.exec(head) ?? [];
  if (mark === undefined)
    return [
      {
        type,
        text: /^content-transfer-encoding: base64$/im.test(head) ? Buffer.from(body, 'base64').toString() : body,
      },
    ];
  const end = body.indexOf(`\n--${mark}--`);
  return `\n${body.slice(0, end)}`.split(`\n--${mark}\n`).slice(1).flatMap(parts);
}

test('cloud-init gets the timer first, then the text of the recipe, then the installation of the agent', () => {
  const plan = planOf(builder({ userData: '#cloud-config\npackages: [jq]\n', installAgent: true }));
  const own = timer(false, selfDestructSeconds(plan, 'builder'));
  expect(parts(bootScripts(plan, 'builder'))).toEqual([
    { type: 'text/cloud-boothook', text: own },
    { type: 'text/plain', text: '#cloud-config\npackages: [jq]\n' },
    { type: 'text/x-shellscript', text: installAgent('us-east-1') },
  ]);
});

test.each([
  ['characters beyond ASCII', '#!/bin/sh\necho "é ☃ 🚀"\n'],
  ['the line that ends a part', `#!/bin/sh\ncat <<E\n${boundary}--\nE\n`],
  ['no line end', '#!/bin/sh\ntrue'],
])('a script with %s arrives byte for byte', (_what, text) => {
  const [, given] = parts(bootScripts(planOf(builder({ userData: text })), 'builder'));
  expect(given?.text).toBe(text);
});

test('the parts of a MIME message of the recipe stand beside those of the pipeline', () => {
  const message = `MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="X"

--X
Content-Type: text/cloud-config

#cloud-config
--X
Content-Type: text/x-shellscript

#!/bin/sh
--X--
`;
  const plan = planOf(builder({ userData: message }));
  expect(parts(bootScripts(plan, 'builder')).map(({ type }) => type)).toEqual([
    'text/cloud-boothook',
    'text/cloud-config',
    'text/x-shellscript',
  ]);
});

test('the candidate boots without the text of the recipe, as servers will', () => {
  const plan = planOf(builder({ userData: '#cloud-config\n' }));
  expect(bootScripts(plan, 'candidate')).toBe(timer(false, selfDestructSeconds(plan, 'candidate')));
});

test('on Windows the script follows the timer in one element, and runs at the first boot only', () => {
  const userData = "<powershell>\nWrite-Host '$&'\n</powershell>\n";
  const text = bootScripts(planOf({ ...powershell, ...builder({ userData }) }, windows), 'builder');
  expect(text.match(/<powershell>|<\/powershell>|<persist>true<\/persist>/g)).toHaveLength(3);
  expect(text).toMatch(
    /Invoke-CimMethod[^]*if \(Test-Path -LiteralPath \$ran\) \{ exit 0 \}\nNew-Item [^]*\n\nWrite-Host '\$&'\n<\/powershell>\n<persist>true<\/persist>\n$/,
  );
});

test('on Windows a script that asks for it runs at every boot', () => {
  const userData = '<powershell>\nx\n</powershell>\n<persist>true</persist>';
  const text = bootScripts(planOf({ ...powershell, ...builder({ userData }) }, windows), 'builder');
  expect(text).toMatch(/\n\}\n\nx\n<\/powershell>\n<persist>true<\/persist>\n$/);
  expect(text).not.toContain('Test-Path');
});

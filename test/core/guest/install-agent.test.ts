import { expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { installAgent } from '../../../core/guest/install-agent.ts';
import { selfDestructSeconds } from '../../../core/guest/self-destruct.ts';
import { timer } from '../../../core/guest/shutdown-timer.ts';
import { bootScripts } from '../../../core/guest/boot-scripts.ts';
import { planOf } from '../../support/plan.ts';

const builder = { instanceTypes: ['t3.small'], installAgent: true };

test('the package comes from the bucket of AWS in the region of the builder', () => {
  expect(installAgent('eu-west-1')).toContain(
    'https://s3.eu-west-1.amazonaws.com/amazon-ssm-eu-west-1/latest/$package',
  );
  expect(installAgent('cn-north-1')).toContain('https://s3.cn-north-1.amazonaws.com.cn/amazon-ssm-cn-north-1/latest/');
});

test('the script is one that sh understands', () => {
  expect(execFileSync('sh', ['-n'], { input: installAgent('eu-west-1'), encoding: 'utf8' })).toBe('');
});

test('a builder that installs the agent still ends itself, and fits into the 16 KB of user data', () => {
  const plan = planOf({ builder });
  const text = bootScripts(plan, 'builder');
  expect(text).toMatch(/^MIME-Version: 1\.0\nContent-Type: multipart\/mixed; boundary="([^"]+)"\n\n--\1\n/);
  expect(text).toContain(
    `Content-Type: text/cloud-boothook; charset="us-ascii"\n\n${timer(false, selfDestructSeconds(plan, 'builder'))}\n--`,
  );
  expect(text).toContain(`Content-Type: text/x-shellscript; charset="us-ascii"\n\n${installAgent('us-east-1')}\n--`);
  expect(text).toMatch(/^[\n -~]{1,8000}$/);
});

test('a candidate has to have the agent by itself, and other builders get no more than before', () => {
  const plan = planOf({ builder });
  expect(bootScripts(plan, 'candidate')).toBe(timer(false, selfDestructSeconds(plan, 'candidate')));
  expect(bootScripts(planOf(), 'builder')).toBe(timer(false, selfDestructSeconds(planOf(), 'builder')));
});

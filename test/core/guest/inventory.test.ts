import { expect, test } from '@jest/globals';
import { failingTail } from '../../../core/guest/command-output.ts';
import { inventoryIn, packageChanges, withoutInventory } from '../../../core/guest/inventory.ts';

const output =
  'before\n--- packages\nzlib\t1.3-1\nbash\t5.2-1\nkernel\t6.12-2\nkernel\t6.12-1\n--- end of packages\nsanitized\n';

test('the packages between the marks are read by name, and several versions are one entry', () => {
  expect(inventoryIn(output)).toEqual([
    { name: 'bash', version: '5.2-1' },
    { name: 'kernel', version: '6.12-1, 6.12-2' },
    { name: 'zlib', version: '1.3-1' },
  ]);
  expect(inventoryIn(output.replaceAll('\n', '\r\n'))).toEqual(inventoryIn(output));
});

test.each([
  ['without marks', 'sanitized\n'],
  ['that was cut', output.slice(0, 60)],
  ['whose beginning is lost', output.slice(25)],
])('an output %s has no inventory', (_, text) => {
  expect(inventoryIn(text)).toBeUndefined();
});

test('a failed step shows what it printed after the inventory', () => {
  expect(withoutInventory(output)).toBe('sanitized\n');
  expect(withoutInventory('no inventory')).toBe('no inventory');
  expect(failingTail(output, 'a credential')).toBe('--- end of stderr\na credential\n--- end of stdout\nsanitized');
});

test('packages that came, went or changed are told', () => {
  const before = [
    { name: 'bash', version: '5.1' },
    { name: 'telnet', version: '0.17' },
    { name: 'zlib', version: '1.3' },
  ];
  const now = [
    { name: 'bash', version: '5.2' },
    { name: 'nginx', version: '1.26' },
    { name: 'zlib', version: '1.3' },
  ];
  expect(packageChanges(before, now)).toEqual({
    added: [{ name: 'nginx', version: '1.26' }],
    removed: [{ name: 'telnet', version: '0.17' }],
    changed: [{ name: 'bash', from: '5.1', to: '5.2' }],
  });
});

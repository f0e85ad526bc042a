import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CaptureError } from '../../src/core/errors.js';
import { diskSpace } from '../../src/io/disk-space.js';

it.skipIf(process.platform === 'win32')('is what df says', () => {
  const text = execFileSync('df', ['-Pk', tmpdir()], { encoding: 'utf8' });
  const [, , used, available, percentUsed] = text.trim().split('\n').at(-1)!.split(/ +/);
  const { free, share } = diskSpace(tmpdir());
  // others write in between
  expect(Math.abs(free / 1024 - Number(available))).toBeLessThan(0.02 * (Number(available) + Number(used)));
  expect(Math.abs(100 - 100 * share - parseInt(percentUsed!, 10))).toBeLessThan(2);
});

it.each([
  [join(tmpdir(), 'there', 'is', 'none'), 'no such file or directory'],
  ...(process.platform === 'linux' ? [['/proc', 'its file system does not tell']] : []),
])('says why it cannot be measured in %s', (folder, why) => {
  expect(() => diskSpace(folder)).toThrow(CaptureError);
  expect(() => diskSpace(folder)).toThrow(`cannot measure the free space of ${folder}: ${why}`);
});

import type * as fs from 'node:fs';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { HashedFile } from '../../src/io/hashed-file.js';
import { newFolder } from '../fixtures/captured-run.js';

// The system may take less than it was given: of what is left of a disk, or when a signal comes in between.
vi.mock(import('node:fs'), async (original) => {
  const real = await original();
  const writeSync = (fd: number, bytes: Uint8Array, from: number, length: number, at: number): number =>
    real.writeSync(fd, bytes, from, Math.min(length, 7), at);
  return { ...real, writeSync: writeSync as typeof fs.writeSync };
});

it('what the system takes in pieces is all in the file', () => {
  const path = join(newFolder(), 'file');
  const bytes = randomBytes(1000);
  const file = new HashedFile(path);
  for (let at = 0; at < bytes.length; at += 100) file.write(bytes.subarray(at, at + 100));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  expect(file.finish()).toEqual({ bytes: 1000, sha256 });
  expect(readFileSync(path)).toEqual(bytes);
});

import { expect, it } from 'vitest';
import { release } from '../../src/io/release.js';

it('empties buffers and frees them before any garbage collection', () => {
  const before = process.memoryUsage().rss;
  let most = 0;
  for (let i = 0; i < 512; i++) {
    const buffer = new ArrayBuffer(1 << 20);
    // memory that is never touched costs nothing
    new Uint8Array(buffer).fill(1);
    release([buffer]);
    expect(buffer.byteLength).toBe(0);
    most = Math.max(most, process.memoryUsage().rss - before);
  }
  expect(most).toBeLessThan(24 << 20);
});

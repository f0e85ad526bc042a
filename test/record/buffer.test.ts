import { expect, it } from 'vitest';
import { bufferRows } from '../../src/record/buffer.js';
import { recordSchema } from '../../src/record/config.js';

const rows = (buffer: Record<string, unknown>, observationWidth = 1): number =>
  bufferRows(recordSchema.parse({ performance: { buffer } }), observationWidth);

it('collects what max_records says, as far as the memory goes', () => {
  expect(rows({})).toBe(4096);
  expect(rows({ max_records: 10n })).toBe(10);
  // a step is 3 texts of 4 bytes, 8 numbers and an observation of 8, 2 booleans
  expect(rows({ max_records: 1_000_000n, max_memory_mb: 1 })).toBe(Math.floor(1e6 / 86));
  expect(rows({ max_records: 1_000_000n, max_memory_mb: 1 }, 2)).toBe(Math.floor(1e6 / 94));
  expect(rows({ max_memory_mb: 1e-9 })).toBe(1);
});

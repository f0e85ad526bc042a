import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readThrift, writeThrift } from '../../src/backends/parquet/thrift.js';
import { writeParquetRun } from '../fixtures/parquet-run.js';
import { runModel } from '../fixtures/run-model.js';

/** The footer of a real file. */
async function footer(): Promise<Buffer> {
  const directory = mkdtempSync(join(tmpdir(), 'thrift-'));
  await writeParquetRun(directory, { steps: [runModel().steps] });
  const data = readFileSync(join(directory, 'steps.parquet'));
  return data.subarray(data.length - 8 - data.readUInt32LE(data.length - 8), data.length - 8);
}

it('writes a footer back as it was read', async () => {
  const bytes = await footer();
  expect(Buffer.from(writeThrift(readThrift(bytes))).equals(bytes)).toBe(true);
});

it('reads numbers of any size, field ids of any distance', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      fc.integer({ min: 1, max: 30_000 }),
      (value, id) => {
        const struct = new Map([[id, { type: 6, value }]]);
        expect(readThrift(writeThrift(struct))).toEqual(struct);
      },
    ),
  );
});

it('any damage is an error or another footer, never a hang or a crash', async () => {
  const bytes = await footer();
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const damaged = Buffer.from(bytes);
      damaged[at]! ^= change;
      try {
        readThrift(damaged);
      } catch (error) {
        expect((error as Error).message).toMatch(/^the footer /);
      }
      expect(() => readThrift(bytes.subarray(0, at))).toThrow('the footer ends too early');
    }),
  );
});

it('structs within structs without end are damage', () => {
  const nested = (levels: number): Uint8Array =>
    Buffer.concat([Buffer.alloc(levels, 0x1c), Buffer.alloc(levels + 1)]);
  expect(writeThrift(readThrift(nested(100)))).toEqual(Uint8Array.from(nested(100)));
  for (const levels of [101, 100_000]) {
    expect(() => readThrift(nested(levels))).toThrow('the footer is nested more than 100 levels deep');
  }
});

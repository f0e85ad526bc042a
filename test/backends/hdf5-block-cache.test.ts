import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BlockCache } from '../../src/backends/hdf5/block-cache.js';

const SIZE = 12 << 20;

/** A file in memory, of which a call moves no more than `most` bytes. */
function memoryFile(most: number) {
  const bytes = new Uint8Array(SIZE);
  let length = 0;
  return {
    get contents() {
      return bytes.subarray(0, length);
    },
    readAt: (target: Uint8Array, offset: number, count: number, place: number): number => {
      const moved = Math.max(0, Math.min(count, most, length - place));
      target.set(bytes.subarray(place, place + moved), offset);
      return moved;
    },
    writeAt: (source: Uint8Array, offset: number, count: number, place: number): number => {
      const moved = Math.min(count, most);
      bytes.set(source.subarray(offset, offset + moved), place);
      length = Math.max(length, place + moved);
      return moved;
    },
  };
}

const place = fc.oneof(
  fc.integer({ min: 0, max: SIZE - (5 << 20) }),
  fc.integer({ min: 65_000, max: 66_000 }),
);
const length = fc.oneof(
  fc.integer({ min: 1, max: 4000 }),
  fc.integer({ min: 1, max: 200_000 }),
  fc.constant(5 << 20),
);
const steps = fc.array(
  fc.record({ kind: fc.constantFrom('read', 'write', 'write', 'flush'), place, length, seed: fc.nat(255) }),
  { maxLength: 150 },
);

describe('the block cache', () => {
  it('reads what was written, and brings it to the file', () => {
    fc.assert(
      fc.property(steps, fc.constantFrom(10_000, 1 << 20), (all, most) => {
        const file = memoryFile(most);
        const cache = new BlockCache(file.readAt, file.writeAt, 0);
        const model = new Uint8Array(SIZE);
        let end = 0;
        for (const step of all) {
          const range = [step.place, step.place + step.length] as const;
          if (step.kind === 'write') {
            const source = new Uint8Array(step.length).map((_, i) => step.seed + i);
            expect(cache.write(source, step.length, step.place)).toBe(step.length);
            model.set(source, step.place);
            end = Math.max(end, range[1]);
          } else if (step.kind === 'read') {
            const target = new Uint8Array(step.length);
            const got = cache.read(target, step.length, step.place);
            expect(got).toBe(Math.max(0, Math.min(step.length, end - step.place)));
            expect(Buffer.compare(target, model.subarray(...range))).toBe(0);
          } else {
            cache.flush();
            expect(Buffer.compare(file.contents, model.subarray(0, end))).toBe(0);
          }
        }
        cache.flush();
        expect(Buffer.compare(file.contents, model.subarray(0, end))).toBe(0);
      }),
      { numRuns: 40 },
    );
  });

  it('makes one call of many', () => {
    const file = memoryFile(1 << 20);
    let calls = 0;
    const cache = new BlockCache(
      file.readAt,
      (...call) => {
        calls++;
        return file.writeAt(...call);
      },
      0,
    );
    for (let at = 0; at < 1 << 20; at += 4096) cache.write(new Uint8Array(4096).fill(1), 4096, at);
    cache.flush();
    expect(file.contents.length).toBe(1 << 20);
    expect(calls).toBe(16);
  });
});

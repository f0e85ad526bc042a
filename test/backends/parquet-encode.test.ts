import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Distinct } from '../../src/backends/parquet/encode/distinct.js';
import { bitsFor, HybridEncoder } from '../../src/backends/parquet/encode/hybrid.js';
import { LevelRuns } from '../../src/backends/parquet/encode/levels.js';
import { snappy } from '../../src/backends/parquet/encode/snappy.js';

const varint = (bytes: Uint8Array, at: number): [value: number, next: number] => {
  let value = 0;
  for (let i = at, scale = 1; ; i++, scale *= 128) {
    value += (bytes[i]! & 127) * scale;
    if (bytes[i]! < 128) return [value, i + 1];
  }
};

/** The hybrid encoding as its specification reads, one bit at a time. */
function decodeHybrid(bytes: Uint8Array, bits: number): number[] {
  const values: number[] = [];
  for (let at = 0; at < bytes.length;) {
    const [head, next] = varint(bytes, at);
    at = next;
    if (head % 2 === 0) {
      let value = 0;
      for (let i = 0; i < Math.ceil(bits / 8); i++) value += bytes[at++]! * 256 ** i;
      for (let i = 0; i < head / 2; i++) values.push(value);
      continue;
    }
    const count = (head - 1) / 2;
    for (let i = 0; i < count * 8; i++) {
      let value = 0;
      for (let bit = 0; bit < bits; bit++) {
        const place = i * bits + bit;
        value += ((bytes[at + (place >> 3)]! >> (place & 7)) & 1) * 2 ** bit;
      }
      values.push(value);
    }
    at += count * bits;
  }
  return values;
}

/** Runs of values of at most so many bits. */
const runs = (bits: number) =>
  fc
    .array(fc.tuple(fc.nat(2 ** bits - 1), fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 40 }))), {
      maxLength: 60,
    })
    .map((pairs) => pairs.flatMap(([value, count]) => Array.from({ length: count }, () => value)));

describe('the hybrid of runs and packed bits', () => {
  it('is what its specification reads as the values', () => {
    const encoder = new HybridEncoder();
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 17 }).chain((bits) => fc.tuple(fc.constant(bits), runs(bits))),
        ([bits, values]) => {
          const bytes = encoder.encode(
            Int32Array.from([...values, 7, 7, 7, 7, 7, 7, 7, 7]),
            values.length,
            bits,
          );
          const decoded = decodeHybrid(bytes, bits);
          expect(decoded.slice(0, values.length)).toEqual(values);
          // the last group of 8 is filled up with zeros
          expect(decoded.length - values.length).toBeLessThan(8);
          expect(decoded.slice(values.length).every((value) => value === 0)).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('keeps a long run in a few bytes', () => {
    const values = new Int32Array(60_008).fill(5, 0, 60_000);
    expect([...new HybridEncoder().encode(values, 60_000, 9)]).toEqual([0xc0, 0xa9, 0x07, 5, 0]);
  });

  it('has widths for 0 to any number', () => {
    expect([0, 1, 2, 3, 4, 255, 256, 65_535].map(bitsFor)).toEqual([1, 1, 2, 2, 3, 8, 9, 16]);
  });

  it('of levels', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(2), fc.nat(300))), (parts) => {
        const levels = new LevelRuns();
        for (const [level, count] of parts) levels.add(level, count);
        const bytes = levels.encode();
        expect(new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true)).toBe(bytes.length - 4);
        const expected = parts.flatMap(([level, count]) => Array.from({ length: count }, () => level));
        expect(decodeHybrid(bytes.subarray(4), 2)).toEqual(expected);
        expect(levels.count).toBe(expected.length);
      }),
    );
  });
});

/** Snappy as its format description reads. */
function unsnap(bytes: Uint8Array): number[] {
  const [length, start] = varint(bytes, 0);
  const out: number[] = [];
  for (let at = start; at < bytes.length;) {
    const tag = bytes[at++]!;
    if ((tag & 3) === 0) {
      let count = tag >> 2;
      const extra = Math.max(0, count - 59);
      if (extra > 0) {
        count = 0;
        for (let i = 0; i < extra; i++) count += bytes[at++]! * 256 ** i;
      }
      for (let i = 0; i <= count; i++) out.push(bytes[at++]!);
      continue;
    }
    const short = (tag & 3) === 1;
    const count = short ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
    const offset = short ? ((tag >> 5) << 8) + bytes[at]! : bytes[at]! + bytes[at + 1]! * 256;
    at += short ? 1 : 2;
    if (offset === 0 || offset > out.length) throw new Error(`offset ${offset} at ${out.length}`);
    for (let i = 0; i < count; i++) out.push(out[out.length - offset]!);
  }
  expect(out.length).toBe(length);
  return out;
}

describe('snappy', () => {
  const pieces = fc.array(
    fc.oneof(
      fc.uint8Array({ maxLength: 80 }).map((bytes) => [...bytes]),
      fc.tuple(fc.nat(255), fc.nat(400)).map(([byte, count]) => Array.from({ length: count }, () => byte)),
      fc.nat(1000).map((count) => Array.from({ length: count }, (_, i) => (i * i) % 251)),
    ),
    { maxLength: 12 },
  );

  it('decompresses to what it was', () => {
    fc.assert(
      fc.property(pieces, (parts) => {
        const bytes = [...parts, ...parts].flat();
        expect(unsnap(snappy(Uint8Array.from(bytes)))).toEqual(bytes);
      }),
      { numRuns: 300 },
    );
  });

  it('over several blocks, of repeated bytes and of none', () => {
    const repeated = Uint8Array.from({ length: 200_000 }, (_, i) => (i >> 3) % 11);
    let seed = 1;
    const noise = Uint8Array.from({ length: 200_000 }, () => (seed = (seed * 48_271) % 2_147_483_647) >> 8);
    expect(unsnap(snappy(repeated))).toEqual([...repeated]);
    expect(unsnap(snappy(noise))).toEqual([...noise]);
    expect(snappy(repeated).length).toBeLessThan(20_000);
    expect(snappy(noise).length).toBeLessThan(200_100);
  });
});

describe('distinct numbers', () => {
  it('are in the order in which they come, each row with its code', () => {
    const distinct = new Distinct();
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.nat(5),
            fc.double({ noNaN: true }).map((x) => x + 0),
          ),
          { minLength: 1 },
        ),
        (some) => {
          const values = [...some, ...some, ...some];
          const expected = [...new Set(values)];
          const found = distinct.find(Float64Array.from(values), values.length);
          expect([...distinct.values.subarray(0, found)]).toEqual(expected);
          expect([...distinct.codes.subarray(0, values.length)]).toEqual(
            values.map((x) => expected.indexOf(x)),
          );
        },
      ),
    );
  });

  it('are none when most numbers differ', () => {
    const distinct = new Distinct();
    const numbers = Float64Array.from({ length: 80_000 }, (_, i) => i / 3);
    expect(distinct.find(numbers, 80_000)).toBe(0);
    expect(distinct.find(numbers.subarray(0, 2), 2)).toBe(0);
    expect(
      distinct.find(Float64Array.of(...numbers.subarray(0, 32_768), ...numbers.subarray(0, 32_768)), 65_536),
    ).toBe(32_768);
  });
});

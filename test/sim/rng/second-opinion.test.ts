import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Generator } from '../../../src/sim/rng/generator.js';
import { Pcg64 } from '../../../src/sim/rng/pcg64.js';
import { generateState } from '../../../src/sim/rng/seed-sequence.js';

const seeds = fc.maxSafeNat();

/** PCG64 written down again, with bigints. */
class BigPcg64 {
  private state = 0n;
  private readonly increment: bigint;
  private upper: bigint | null = null;

  constructor(seed: number) {
    const words = [...generateState(seed, [], 8)].map(BigInt);
    const wide = (i: number): bigint => words[i]! | (words[i + 1]! << 32n);
    this.increment = BigInt.asUintN(128, (((wide(4) << 64n) | wide(6)) << 1n) | 1n);
    this.advance();
    this.state += (wide(0) << 64n) | wide(2);
    this.advance();
  }

  next64(): bigint {
    this.advance();
    const folded = (this.state >> 64n) ^ BigInt.asUintN(64, this.state);
    const turn = this.state >> 122n;
    return BigInt.asUintN(64, (folded >> turn) | (folded << (64n - turn)));
  }

  next32(): bigint {
    const { upper } = this;
    this.upper = null;
    if (upper !== null) return upper;
    const word = this.next64();
    this.upper = word >> 32n;
    return BigInt.asUintN(32, word);
  }

  /** Lemire's method. */
  below(count: bigint): bigint {
    const width = count > 2n ** 32n ? 64n : 32n;
    for (;;) {
      const product = (width === 64n ? this.next64() : this.next32()) * count;
      if (product % (1n << width) >= (1n << width) % count) return product >> width;
    }
  }

  private advance(): void {
    this.state = BigInt.asUintN(128, this.state * 0x2360ed051fc65da44385df649fccf645n + this.increment);
  }
}

it('limbs give the words bigints give', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const limbs = new Pcg64(seed);
      const big = new BigPcg64(seed);
      for (let i = 0; i < 200; i++) expect(limbs.next64()).toBe(big.next64());
    }),
  );
});

it('integers() gives what the method gives with bigints, for every size of range', () => {
  const counts = fc.oneof(
    fc.integer({ min: 2, max: 2000 }),
    fc.integer({ min: 2 ** 31 - 5, max: 2 ** 32 + 5 }),
    fc.integer({ min: 2, max: Number.MAX_SAFE_INTEGER }),
  );
  fc.assert(
    fc.property(seeds, fc.array(counts, { minLength: 1, maxLength: 40 }), (seed, list) => {
      const rng = new Generator(seed);
      const big = new BigPcg64(seed);
      for (const count of list) expect(BigInt(rng.integers(0, count))).toBe(big.below(BigInt(count)));
    }),
  );
});

it('a reseeded generator is a new one', () => {
  fc.assert(
    fc.property(seeds, seeds, fc.nat(9), (first, second, draws) => {
      const reused = new Generator(first);
      for (let i = 0; i < draws; i++) reused.integers(0, 7);
      reused.seed(second);
      const fresh = new Generator(second);
      for (let i = 0; i < 20; i++) expect(reused.integers(0, 1000)).toBe(fresh.integers(0, 1000));
    }),
  );
});

it('one possible value draws nothing', () => {
  const rng = new Generator(5);
  expect([rng.integers(3, 4), rng.integers(0, 1)]).toEqual([3, 0]);
  expect(rng.random()).toBe(new Generator(5).random());
});

it.each([
  [0, 0],
  [5, 3],
  [0, 0.5],
  [0, Infinity],
  [-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
])('integers(%d, %d) is refused', (low, high) => {
  expect(() => new Generator(0).integers(low, high)).toThrow(RangeError);
});

it.each([-1, 0.5, 2 ** 53, NaN])('seed %d is refused', (seed) => {
  expect(() => new Generator(seed)).toThrow(RangeError);
});

it.each([-1, NaN])('poisson(%d) is refused', (mean) => {
  expect(() => new Generator(0).poisson(mean)).toThrow(RangeError);
});

it('poisson(0) is 0 and exponential scales', () => {
  expect(new Generator(0).poisson(0)).toBe(0);
  expect(new Generator(0).exponential(2)).toBe(2 * new Generator(0).standardExponential());
});

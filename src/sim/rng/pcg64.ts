import { generateState } from './seed-sequence.js';

// The multiplier 0x2360ED051FC65DA44385DF649FCCF645, least significant limb first.
const M0 = 0x9fccf645;
const M1 = 0x4385df64;
const M2 = 0x1fc65da4;
const M3 = 0x2360ed05;

const TWO_MINUS_32 = 2 ** -32;
const TWO_MINUS_53 = 2 ** -53;

const add = (a: number, b: number): number => (a + b) | 0;
const unsigned = (a: number): number => a >>> 0;
/** A double within 2^-10 of an integer below 2^53, as that integer's low 32 bits. */
const low32 = (nearInteger: number): number => (nearInteger + 0.5) | 0;

/**
 * PCG64: a 128-bit linear congruential generator whose output is folded and rotated (XSL-RR 128/64), the bit
 * generator behind `numpy.random.default_rng`, word for word.
 * Source: M. E. O'Neill, "PCG: a family of simple fast space-efficient statistically good algorithms", 2014.
 */
export class Pcg64 {
  /** Last 64-bit word: high and low half, as signed 32-bit integers. */
  high = 0;
  low = 0;
  /** State and increment, four 32-bit limbs each, least significant first. */
  private readonly state = new Int32Array(4);
  private readonly increment = new Int32Array(4);
  /** The upper half of a word whose lower half `next32` has given out. */
  private spare = 0;
  private hasSpare = false;

  constructor(entropy: number | readonly number[], spawnKey: readonly number[] = []) {
    this.seed(entropy, spawnKey);
  }

  /** Starts the stream of numpy's `PCG64(SeedSequence(entropy, spawn_key=spawnKey))` over again. */
  seed(entropy: number | readonly number[], spawnKey: readonly number[] = []): void {
    const words = generateState(entropy, spawnKey, 8);
    // numpy reads four 64-bit words, high one first: initial state, then stream number.
    const initial = [words[2]!, words[3]!, words[0]!, words[1]!];
    const stream = [words[6]!, words[7]!, words[4]!, words[5]!];
    let carry = 0;
    for (let i = 0; i < 4; i++) {
      this.increment[i] = (stream[i]! << 1) | (i === 0 ? 1 : stream[i - 1]! >>> 31);
      const sum = unsigned(this.increment[i]!) + initial[i]! + carry;
      this.state[i] = sum;
      carry = sum >= 2 ** 32 ? 1 : 0;
    }
    this.hasSpare = false;
    this.next();
  }

  /**
   * Draws a word into `high` and `low`: state = state * multiplier + increment (mod 2^128), then its output.
   *
   * Each column of the product is taken twice: modulo 2^32 with integers, and whole as a double. The double is
   * short of bits, but (whole - remainder) / 2^32 is an integer and comes out within 2^-16 of it: the carry.
   */
  next(): void {
    const { state, increment } = this;
    const a0 = state[0]!;
    const a1 = state[1]!;
    const a2 = state[2]!;
    const i0 = increment[0]!;
    const i1 = increment[1]!;
    const i2 = increment[2]!;
    const f0 = unsigned(a0);
    const f1 = unsigned(a1);
    const n0 = add(Math.imul(a0, M0), i0);
    const c0 = (f0 * M0 + unsigned(i0) - unsigned(n0)) * TWO_MINUS_32;
    const n1 = add(add(add(low32(c0), Math.imul(a0, M1)), Math.imul(a1, M0)), i1);
    const c1 = (c0 + f0 * M1 + f1 * M0 + unsigned(i1) - unsigned(n1)) * TWO_MINUS_32;
    const n2 = add(add(add(add(low32(c1), Math.imul(a0, M2)), Math.imul(a1, M1)), Math.imul(a2, M0)), i2);
    const c2 = (c1 + f0 * M2 + f1 * M1 + unsigned(a2) * M0 + unsigned(i2) - unsigned(n2)) * TWO_MINUS_32;
    const cross = add(add(Math.imul(a0, M3), Math.imul(a1, M2)), Math.imul(a2, M1));
    const n3 = add(add(add(low32(c2), cross), Math.imul(state[3]!, M0)), increment[3]!);
    state[0] = n0;
    state[1] = n1;
    state[2] = n2;
    state[3] = n3;
    this.fold(n3 ^ n1, n2 ^ n0, n3 >>> 26);
  }

  /** Rotates a 64-bit word right by 0 to 63 bits into `high` and `low`. Shift counts are modulo 32. */
  private fold(high: number, low: number, turn: number): void {
    const swap = (high ^ low) & -(turn >>> 5);
    const h = high ^ swap;
    const l = low ^ swap;
    this.high = (h >>> turn) | ((l << 1) << ~turn);
    this.low = (l >>> turn) | ((h << 1) << ~turn);
  }

  /** A 32-bit word, unsigned: the lower, then the upper half of a 64-bit one. */
  next32(): number {
    if (this.hasSpare) {
      this.hasSpare = false;
      return unsigned(this.spare);
    }
    this.next();
    this.hasSpare = true;
    this.spare = this.high;
    return unsigned(this.low);
  }

  /** A double in [0, 1): the upper 53 bits of a word. */
  nextDouble(): number {
    this.next();
    return (unsigned(this.high) * 2097152 + (this.low >>> 11)) * TWO_MINUS_53;
  }

  /** A 64-bit word, for the rare callers that need it whole. */
  next64(): bigint {
    this.next();
    return (BigInt(unsigned(this.high)) << 32n) | BigInt(unsigned(this.low));
  }
}

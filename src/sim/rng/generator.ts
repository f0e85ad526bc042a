import { Pcg64 } from './pcg64.js';
import { poisson } from './poisson.js';
import { standardExponential, standardNormal } from './ziggurat.js';

/**
 * Random draws equal, bit for bit, to numpy's `Generator(PCG64(SeedSequence(entropy, spawn_key=spawnKey)))`.
 * Methods are named as numpy names them.
 */
export class Generator {
  private readonly bits: Pcg64;

  constructor(entropy: number | readonly number[], spawnKey: readonly number[] = []) {
    this.bits = new Pcg64(entropy, spawnKey);
  }

  /** Starts over from another seed, as a new generator would. */
  seed(entropy: number | readonly number[], spawnKey: readonly number[] = []): void {
    this.bits.seed(entropy, spawnKey);
  }

  /** A float in [0, 1). */
  random(): number {
    return this.bits.nextDouble();
  }

  /** A float in [low, high). */
  uniform(low: number, high: number): number {
    return low + (high - low) * this.bits.nextDouble();
  }

  /**
   * An integer in [low, high), both safe integers. One possible value draws nothing; up to 2^32 values take half
   * a word. Source: D. Lemire, "Fast random integer generation in an interval", 2019.
   */
  integers(low: number, high: number): number {
    const count = high - low;
    if (count > 1 && count < 2 ** 32) return low + this.below32(count);
    if (count === 1) return low;
    if (count === 2 ** 32) return low + this.bits.next32();
    if (count > 2 ** 32 && Number.isSafeInteger(count)) return low + this.below64(count);
    throw new RangeError(`integers: no value from ${low} to below ${high}`);
  }

  normal(mean: number, deviation: number): number {
    return mean + deviation * standardNormal(this.bits);
  }

  standardNormal(): number {
    return standardNormal(this.bits);
  }

  standardExponential(): number {
    return standardExponential(this.bits);
  }

  exponential(scale: number): number {
    return scale * standardExponential(this.bits);
  }

  poisson(mean: number): number {
    return poisson(this.bits, mean);
  }

  private below32(count: number): number {
    let word = this.bits.next32();
    let rest = Math.imul(word, count) >>> 0;
    if (rest < count) {
      const threshold = (2 ** 32 - count) % count;
      while (rest < threshold) {
        word = this.bits.next32();
        rest = Math.imul(word, count) >>> 0;
      }
    }
    // The product's upper half; the double product is inexact, the difference a multiple of 2^32 all but 2^11.
    return Math.floor((word * count - rest) * 2 ** -32 + 0.5);
  }

  private below64(values: number): number {
    const count = BigInt(values);
    const threshold = (2n ** 64n - count) % count;
    let product: bigint;
    do product = this.bits.next64() * count;
    while (BigInt.asUintN(64, product) < threshold);
    return Number(product >> 64n);
  }
}

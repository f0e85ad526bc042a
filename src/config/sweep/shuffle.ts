import { Pcg64 } from '../../sim/rng/pcg64.js';

/**
 * The values in a random order that depends on the seed and their number only: that of
 * `numpy.random.default_rng(seed).shuffle(values)`, for fewer than 2^32 values and seeds up to 2^53 - 1.
 * Source: R. Durstenfeld, "Algorithm 235: Random permutation", 1964.
 */
export function shuffled<T>(values: readonly T[], seed: number): T[] {
  const bits = new Pcg64(seed);
  const order = [...values];
  for (let last = order.length - 1; last > 0; last--) {
    const other = upTo(last, bits);
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}

/** An integer from 0 to max: words cut to the bits that max has, until one is not above it. */
function upTo(max: number, bits: Pcg64): number {
  const mask = 0xffffffff >>> Math.clz32(max);
  let word: number;
  do word = (bits.next32() & mask) >>> 0;
  while (word > max);
  return word;
}

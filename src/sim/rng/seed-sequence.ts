const POOL_SIZE = 4;
const MULT_A = 0x931e8875;
const MULT_B = 0x58f38ded;

/** An integer's 32-bit words, least significant first; zero is one word. */
function wordsOf(value: number): number[] {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new RangeError(`entropy must be an integer from 0 to 2^53 - 1, got ${value}`);
  }
  const high = Math.floor(value / 2 ** 32);
  return high === 0 ? [value] : [value >>> 0, high];
}

/**
 * Words of numpy's `SeedSequence(entropy, spawn_key=spawnKey).generate_state(count)`, each an unsigned 32-bit
 * integer: entropy is hashed into a pool of four words, so that similar seeds give unrelated streams.
 * Source: M. E. O'Neill, "Developing a seed_seq alternative", 2015; constants as in numpy (BSD-3-Clause).
 */
export function generateState(
  entropy: number | readonly number[],
  spawnKey: readonly number[],
  count: number,
): Uint32Array {
  const pool = fillPool(assemble(entropy, spawnKey));
  const state = new Uint32Array(count);
  let multiplier = 0x8b51f9dd;
  for (let i = 0; i < count; i++) {
    let value = pool[i % POOL_SIZE]! ^ multiplier;
    multiplier = Math.imul(multiplier, MULT_B);
    value = Math.imul(value, multiplier);
    state[i] = value ^ (value >>> 16);
  }
  return state;
}

/** Entropy first; a spawn key starts after a full pool, so that it never reads as entropy. */
function assemble(entropy: number | readonly number[], spawnKey: readonly number[]): number[] {
  const words = typeof entropy === 'number' ? wordsOf(entropy) : entropy.flatMap(wordsOf);
  if (spawnKey.length === 0) return words;
  while (words.length < POOL_SIZE) words.push(0);
  return words.concat(spawnKey.flatMap(wordsOf));
}

function fillPool(words: readonly number[]): Int32Array {
  const pool = new Int32Array(POOL_SIZE);
  let multiplier = 0x43b0d7e5;
  const hash = (word: number): number => {
    let value = word ^ multiplier;
    multiplier = Math.imul(multiplier, MULT_A);
    value = Math.imul(value, multiplier);
    return value ^ (value >>> 16);
  };
  const mix = (into: number, hashed: number): void => {
    const value = (Math.imul(0xca01f9dd, pool[into]!) - Math.imul(0x4973f715, hashed)) | 0;
    pool[into] = value ^ (value >>> 16);
  };
  for (let i = 0; i < POOL_SIZE; i++) pool[i] = hash(words[i] ?? 0);
  for (let from = 0; from < POOL_SIZE; from++) {
    for (let into = 0; into < POOL_SIZE; into++) if (into !== from) mix(into, hash(pool[from]!));
  }
  for (let i = POOL_SIZE; i < words.length; i++) {
    for (let into = 0; into < POOL_SIZE; into++) mix(into, hash(words[i]!));
  }
  return pool;
}

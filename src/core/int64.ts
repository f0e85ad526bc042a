const TWO_32 = 4294967296;

/** Puts a safe integer as an int64 into words: the low one at `at`, the high one behind it. */
export function putInt64(words: Int32Array, at: number, value: number): void {
  // exact modulo 2^32 for safe integers
  const low = value | 0;
  words[at] = low;
  words[at + 1] = low === value ? low >> 31 : Math.floor(value / TWO_32);
}

/** The int64 whose low word lies at `at`; exact where it is a safe integer. */
export const int64At = (words: Int32Array, at: number): number =>
  words[at + 1]! * TWO_32 + (words[at]! >>> 0);

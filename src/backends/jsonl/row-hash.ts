/** Neighbouring cells of a grid, and all cells of a 64x64 grid, differ in the low 13 bits. */
const FACTOR = 127;

/** Adds a lane of whole numbers to the hashes of rows. */
export function hashInts(hashes: Int32Array, lane: Float64Array, rows: number): void {
  for (let row = 0; row < rows; row++) hashes[row] = Math.imul(hashes[row]!, FACTOR) + (lane[row]! | 0);
}

/** Adds a lane of any numbers, by their bits. */
export function hashFloats(hashes: Int32Array, lane: Float64Array, rows: number): void {
  const words = new Int32Array(lane.buffer, lane.byteOffset, 2 * rows);
  for (let row = 0, word = 0; row < rows; row++, word += 2) {
    const mixed = Math.imul(
      hashes[row]! ^ words[word]! ^ Math.imul(words[word + 1]!, 0x9e3779b1),
      0x85ebca6b,
    );
    hashes[row] = mixed ^ (mixed >>> 15);
  }
}

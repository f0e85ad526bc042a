/** Copies reach back within a block only, so a block's positions have 16 bits. */
const BLOCK_BYTES = 1 << 16;
const HASH_BITS = 14;
/** Matches are not looked for in the last bytes of a block. */
const MARGIN = 15;

const positions = new Uint16Array(1 << HASH_BITS);

/** Snappy's raw format. Source: github.com/google/snappy, format_description.txt. */
export function snappy(input: Uint8Array): Uint8Array {
  const out = new Uint8Array(32 + input.length + Math.ceil(input.length / 6));
  let at = 0;
  let length = input.length;
  for (; length >= 128; length >>>= 7) out[at++] = (length & 127) | 128;
  out[at++] = length;
  const view = new DataView(input.buffer, input.byteOffset, input.length);
  for (let start = 0; start < input.length; start += BLOCK_BYTES) {
    at = putBlock(input, view, start, Math.min(input.length, start + BLOCK_BYTES), out, at);
  }
  return out.subarray(0, at);
}

/** Gives where the output ends. */
function putBlock(
  input: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  out: Uint8Array,
  outAt: number,
): number {
  positions.fill(0);
  const limit = end - MARGIN;
  let at = outAt;
  let literal = start;
  // steps grow where nothing matches, so that what cannot be compressed costs little
  let stride = 32;
  for (let i = start + 1; i < limit;) {
    const word = view.getInt32(i, true);
    const slot = Math.imul(word, 0x1e35a7bd) >>> (32 - HASH_BITS);
    const candidate = start + positions[slot]!;
    positions[slot] = i - start;
    if (view.getInt32(candidate, true) !== word) {
      i += stride++ >> 5;
      continue;
    }
    at = putLiteral(input, literal, i, out, at);
    let length = 4;
    while (i + length < end && input[candidate + length] === input[i + length]) length++;
    at = putCopy(i - candidate, length, out, at);
    i += length;
    literal = i;
    stride = 32;
    if (i < limit) {
      const before = view.getInt32(i - 1, true);
      positions[Math.imul(before, 0x1e35a7bd) >>> (32 - HASH_BITS)] = i - 1 - start;
    }
  }
  return putLiteral(input, literal, end, out, at);
}

function putLiteral(input: Uint8Array, from: number, to: number, out: Uint8Array, outAt: number): number {
  if (from === to) return outAt;
  let at = outAt;
  const last = to - from - 1;
  if (last < 60) out[at++] = last << 2;
  else if (last < 256) {
    out[at++] = 60 << 2;
    out[at++] = last;
  } else {
    out[at++] = 61 << 2;
    out[at++] = last & 255;
    out[at++] = last >> 8;
  }
  if (last < 32) for (let i = from; i < to; i++) out[at++] = input[i]!;
  else {
    out.set(input.subarray(from, to), at);
    at += to - from;
  }
  return at;
}

function putCopy(offset: number, length: number, out: Uint8Array, outAt: number): number {
  let at = outAt;
  let left = length;
  // no copy may be left that is shorter than 4
  while (left > 64) {
    const part = left >= 68 ? 64 : 60;
    at = putLongCopy(offset, part, out, at);
    left -= part;
  }
  if (left > 11 || offset > 2047) return putLongCopy(offset, left, out, at);
  out[at++] = 1 | ((left - 4) << 2) | ((offset >> 8) << 5);
  out[at++] = offset & 255;
  return at;
}

function putLongCopy(offset: number, length: number, out: Uint8Array, at: number): number {
  out[at] = 2 | ((length - 1) << 2);
  out[at + 1] = offset & 255;
  out[at + 2] = offset >> 8;
  return at + 3;
}

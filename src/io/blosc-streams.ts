/** Sizes of what compressed streams within Blosc chunks hold, found without writing it; null for damaged ones. */

/** What the end of an LZ4 block is made of: literals alone, and no match that begins near it. */
const LAST_LITERALS = 5;
const LAST_MATCH = 12;
const LAST_INPUT = 8;
const MIN_MATCH = 4;

/** Adds the bytes that follow up to one that is not 255; null when there is none. */
function longLength(bytes: Uint8Array, start: number): { more: number; at: number } | null {
  let more = 0;
  for (let at = start; at < bytes.length; at++) {
    more += bytes[at]!;
    if (bytes[at] !== 255) return { more, at: at + 1 };
  }
  return null;
}

/**
 * @param size what the block should hold
 * Source: lz4, doc/lz4_Block_format.md, and LZ4_decompress_safe for what the end of a block may be.
 */
export function lz4Size(block: Uint8Array, size: number): number | null {
  let written = 0;
  for (let at = 0; at < block.length;) {
    const token = block[at++]!;
    let literals = token >> 4;
    if (literals === 15) {
      const long = longLength(block, at);
      if (long === null) return null;
      literals += long.more;
      at = long.at;
    }
    at += literals;
    written += literals;
    if (at === block.length) return written;
    if (at > block.length - LAST_INPUT || written > size - LAST_MATCH) return null;
    const distance = block[at]! | (block[at + 1]! << 8);
    at += 2;
    if (distance === 0 || distance > written) return null;
    let match = (token & 15) + MIN_MATCH;
    if ((token & 15) === 15) {
      const long = longLength(block, at);
      if (long === null) return null;
      match += long.more;
      at = long.at;
    }
    written += match;
    if (written > size - LAST_LITERALS) return null;
  }
  return null;
}

/** Farther matches have two more bytes of distance. */
const NEAR = 8191;

/** Source: c-blosc 1, blosclz.c, blosclz_decompress. */
export function blosclzSize(stream: Uint8Array): number | null {
  let written = 0;
  let control = stream[0]! & 31;
  for (let at = 1; at < stream.length;) {
    if (control < 32) {
      at += control + 1;
      written += control + 1;
      if (at > stream.length) return null;
    } else {
      let match = (control >> 5) + 2;
      if (control >> 5 === 7) {
        const long = longLength(stream, at);
        if (long === null) return null;
        match += long.more;
        at = long.at;
      }
      if (at >= stream.length) return null;
      let distance = ((control & 31) << 8) + stream[at++]!;
      if (distance === NEAR) {
        if (at + 1 >= stream.length) return null;
        distance += (stream[at]! << 8) + stream[at + 1]!;
        at += 2;
      }
      if (distance + 1 > written) return null;
      written += match;
      // the decoder ends before it copies a match that nothing follows
      if (at >= stream.length) return null;
    }
    if (at === stream.length) return written;
    control = stream[at++]!;
    // a last control byte alone
    if (at === stream.length) return null;
  }
  return null;
}

/** Source: snappy, format_description.txt. */
export function snappySize(stream: Uint8Array): number | null {
  const bytes = Buffer.from(stream.buffer, stream.byteOffset, stream.length);
  let stated = 0;
  let at = 0;
  for (let shift = 0; ; shift += 7) {
    if (shift > 28 || at === bytes.length) return null;
    const byte = bytes[at++]!;
    stated += (byte & 127) * 2 ** shift;
    if (byte < 128) break;
  }
  let written = 0;
  while (at < bytes.length) {
    const tag = bytes[at++]!;
    const kind = tag & 3;
    // bytes behind the tag that belong to it
    const more = kind === 0 ? Math.max(0, (tag >> 2) - 59) : [0, 1, 2, 4][kind]!;
    if (at + more > bytes.length) return null;
    const number = more === 0 ? 0 : bytes.readUIntLE(at, more);
    at += more;
    if (kind === 0) {
      const literals = (more === 0 ? tag >> 2 : number) + 1;
      at += literals;
      written += literals;
      if (at > bytes.length) return null;
    } else {
      const distance = kind === 1 ? ((tag >> 5) << 8) + number : number;
      if (distance === 0 || distance > written) return null;
      written += kind === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
    }
  }
  return written === stated ? written : null;
}

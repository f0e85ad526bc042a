/** Flags of a gzip header (RFC 1952, section 2.3.1). */
const EXTRA = 4;
const NAME = 8;
const COMMENT = 16;
const HEADER_CRC = 2;
const RESERVED = 0xe0;
const FIXED_BYTES = 10;

export interface GzipHeader {
  /** Bytes before the deflate data. */
  length: number;
  /** Size of the whole member, when its BC extra subfield states it (BGZF); null for ordinary gzip. */
  memberBytes: number | null;
}

/** Size of a BGZF member from its extra field: subfield BC, two bytes, size less one. */
function blockSize(bytes: Uint8Array, start: number, end: number): number | null {
  for (let at = start; at + 4 <= end;) {
    const length = bytes[at + 2]! | (bytes[at + 3]! << 8);
    const isSize = bytes[at] === 0x42 && bytes[at + 1] === 0x43 && length === 2;
    if (isSize && at + 6 <= end) return (bytes[at + 4]! | (bytes[at + 5]! << 8)) + 1;
    at += 4 + length;
  }
  return null;
}

/** Reads a gzip header: `short` when the bytes end inside one, `none` when there is none. */
export function parseGzipHeader(bytes: Uint8Array): GzipHeader | 'short' | 'none' {
  const magic = [0x1f, 0x8b, 8];
  for (let i = 0; i < magic.length; i++) {
    if (i >= bytes.length) return 'short';
    if (bytes[i] !== magic[i]) return 'none';
  }
  if (bytes.length < FIXED_BYTES) return 'short';
  const flags = bytes[3]!;
  if ((flags & RESERVED) !== 0) return 'none';
  let at = FIXED_BYTES;
  let memberBytes: number | null = null;
  if (flags & EXTRA) {
    if (at + 2 > bytes.length) return 'short';
    const end = at + 2 + (bytes[at]! | (bytes[at + 1]! << 8));
    if (end > bytes.length) return 'short';
    memberBytes = blockSize(bytes, at + 2, end);
    at = end;
  }
  for (const text of [NAME, COMMENT]) {
    if ((flags & text) === 0) continue;
    const zero = bytes.indexOf(0, at);
    if (zero < 0) return 'short';
    at = zero + 1;
  }
  if (flags & HEADER_CRC) at += 2;
  if (at > bytes.length) return 'short';
  return { length: at, memberBytes };
}

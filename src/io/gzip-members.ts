import { gunzipSync } from 'node:zlib';
import { BGZF_END } from './bgzf-writer.js';
import { parseGzipHeader } from './gzip-header.js';

/** No member of BGZF inflates to more. */
export const MAX_BLOCK_BYTES = 65_536;
const TRAILER_BYTES = 8;
/** Room behind inflated data, so that what reads words need not copy it first. */
const SPARE_BYTES = 16;
/** Smaller buffers share their memory with others. */
const OWN_BUFFER_BYTES = 8192;

/** Whole BGZF members at the beginning of some bytes, as far as their headers tell. */
export interface MemberRun {
  count: number;
  /** Compressed, and what they say they inflate to. */
  bytes: number;
  size: number;
  /** Whether the last one is the end block. */
  ended: boolean;
}

/** As many members as inflate to about `size` bytes: at least one, if there is one. */
export function memberRun(bytes: Buffer, size: number): MemberRun {
  const run: MemberRun = { count: 0, bytes: 0, size: 0, ended: false };
  while (run.size < size && run.bytes < bytes.length) {
    const header = parseGzipHeader(bytes.subarray(run.bytes, run.bytes + MAX_BLOCK_BYTES));
    if (typeof header === 'string' || header.memberBytes === null) break;
    const end = run.bytes + header.memberBytes;
    if (end > bytes.length || header.memberBytes < header.length + TRAILER_BYTES) break;
    const inflated = bytes.readUInt32LE(end - 4);
    if (inflated > MAX_BLOCK_BYTES) break;
    run.ended = header.memberBytes === BGZF_END.length && bytes.subarray(run.bytes, end).equals(BGZF_END);
    run.count++;
    run.bytes = end;
    run.size += inflated;
  }
  return run;
}

/**
 * Inflates members in one go, which is a third faster than one by one, and checks their CRCs and sizes; null when
 * anything is wrong with any of them. What they inflate to has a buffer of its own.
 */
export function inflateMembers(members: Uint8Array, size: number): Uint8Array<ArrayBuffer> | null {
  try {
    const { buffer, engine } = gunzipSync(members, {
      info: true,
      chunkSize: Math.max(OWN_BUFFER_BYTES, size + SPARE_BYTES),
      maxOutputLength: size + SPARE_BYTES,
    }) as unknown as { buffer: Buffer<ArrayBuffer>; engine: { bytesWritten: number } };
    return buffer.length === size && engine.bytesWritten === members.length ? buffer : null;
  } catch {
    return null;
  }
}

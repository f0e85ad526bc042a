import { BGZF_END } from './bgzf-writer.js';
import { FileWindow } from './file-window.js';
import { inflateMembers, MAX_BLOCK_BYTES, memberRun } from './gzip-members.js';

/** How every member of BGZF begins: gzip, deflate, an extra field and nothing else. */
const MEMBER = Buffer.from([0x1f, 0x8b, 8, 4]);
/** Of a member, with which it has said how large it is. */
const HEADER_BYTES = 18;
/** Members are inflated together up to about this much data. */
const RUN_BYTES = 1 << 20;

/** Bytes of a file that are no part of a whole member. */
export interface Skipped {
  offset: number;
  bytes: number;
}

/**
 * The data of the members of a BGZF file that are whole, damage or not: their checksums and sizes are right. Null
 * stands where something was skipped, of which `onSkipped` is told.
 * @throws CaptureError `io` when the file cannot be opened or read
 */
export async function* salvageGzip(
  path: string,
  onSkipped: (skipped: Skipped) => void,
): AsyncGenerator<Uint8Array | null, void> {
  const window = await FileWindow.open(path);
  /** Where what is being skipped began. */
  let skipping: number | null = null;
  const skipped = (from: number): void => onSkipped({ offset: from, bytes: window.offset - from });
  try {
    for (;;) {
      if (!window.has(MAX_BLOCK_BYTES)) await window.fill(MAX_BLOCK_BYTES);
      const { bytes } = window;
      if (bytes.length === 0) break;
      const found = wholeMembers(bytes);
      if (found === null && isBeginningOfEnd(bytes)) return;
      if (found === null) {
        skipping ??= window.offset;
        const next = bytes.indexOf(MEMBER, 1);
        // the beginning of a member may lie across the end of the window
        window.take(next > 0 ? next : Math.max(1, bytes.length - MEMBER.length + 1));
        continue;
      }
      if (skipping !== null) {
        skipped(skipping);
        skipping = null;
        yield null;
      }
      if (found.data.length > 0) yield found.data;
      window.take(found.bytes);
    }
    if (skipping !== null) {
      skipped(skipping);
      yield null;
    }
  } finally {
    await window.close();
  }
}

/** The end block holds no data: nothing is missing where it is cut. Up to their size all members begin as it does. */
const isBeginningOfEnd = (bytes: Buffer): boolean =>
  bytes.length >= HEADER_BYTES &&
  bytes.length < BGZF_END.length &&
  BGZF_END.subarray(0, bytes.length).equals(bytes);

/** As many members as come first, or the first alone when something is wrong behind it; null when it is the first. */
function wholeMembers(bytes: Buffer): { data: Uint8Array; bytes: number } | null {
  for (const size of [RUN_BYTES, 1]) {
    const run = memberRun(bytes, size);
    if (run.count === 0) return null;
    const data = inflateMembers(bytes.subarray(0, run.bytes), run.size);
    if (data !== null) return { data, bytes: run.bytes };
  }
  return null;
}

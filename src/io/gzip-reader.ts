import { crc32 } from 'node:zlib';
import type { FindingCodeName } from '../core/findings.js';
import { BGZF_END } from './bgzf-writer.js';
import { FileWindow } from './file-window.js';
import { parseGzipHeader } from './gzip-header.js';
import { inflateMembers, MAX_BLOCK_BYTES, memberRun } from './gzip-members.js';
import { GZIP_START, type GzipPlace } from './gzip-ranges.js';
import { inflate } from './inflate.js';
import { inflateMember } from './inflate-stream.js';

/** What is wrong with, or worth saying about, a gzip file. */
export interface GzipProblem {
  code: Extract<FindingCodeName, `gzip-${string}`>;
  message: string;
}

const TRAILER_BYTES = 8;
/** Members are inflated together up to about this much data. */
const RUN_BYTES = 1 << 20;

interface State {
  window: FileWindow;
  /** Members so far, and whether the last was the end block of BGZF. */
  members: number;
  ended: boolean;
  plain: boolean;
}

/** Part of a file: from one place between members to another, in bytes; the end of the file lies at Infinity. */
export interface GzipSection {
  from: GzipPlace;
  to: number;
}
const WHOLE: GzipSection = { from: GZIP_START, to: Infinity };

/**
 * The data of a .gz file in order, as chunks of about a MiB at most, whatever mix of BGZF blocks and ordinary
 * members it is made of. Reading stops at the first damage, which is reported; all before it has been given.
 *
 * @param onProblem told at most once about damage
 * @param section the part to read, which is BGZF up to its begin
 * @throws CaptureError `io` when the file cannot be opened or read
 */
export async function* readGzip(
  path: string,
  onProblem: (problem: GzipProblem) => void,
  { from, to }: GzipSection = WHOLE,
): AsyncGenerator<Uint8Array, void> {
  const window = await FileWindow.open(path, from.offset);
  const state: State = { window, members: from.members, ended: from.ended, plain: false };
  /** Up to there members are inflated one by one. */
  let singlyTo = 0;
  try {
    for (;;) {
      if (window.offset >= to) return;
      if (!window.has(MAX_BLOCK_BYTES)) await window.fill(MAX_BLOCK_BYTES);
      const { bytes } = window;
      if (bytes.length === 0) break;
      if (window.offset >= singlyTo) {
        const run = memberRun(bytes.subarray(0, to - window.offset), RUN_BYTES);
        const data = run.count > 1 ? inflateMembers(bytes.subarray(0, run.bytes), run.size) : null;
        if (data !== null) {
          if (data.length > 0) yield data;
          state.members += run.count;
          state.ended = run.ended;
          window.take(run.bytes);
          continue;
        }
        // a member of another kind, or something wrong in one of these, which has to be named
        singlyTo = window.offset + run.bytes;
      }
      const header = parseGzipHeader(bytes);
      if (header === 'none') return onProblem(noHeader(state));
      if (header === 'short') return onProblem(truncated(state));
      const { memberBytes } = header;
      if (memberBytes === null) {
        state.plain = true;
        const problem = yield* readMember(state, header.length);
        if (problem !== null) return onProblem(problem);
      } else {
        if (memberBytes > bytes.length) return onProblem(truncated(state));
        const data = readBlock(state, bytes.subarray(0, memberBytes), header.length);
        if ('code' in data) return onProblem(data);
        if (data.length > 0) yield data;
        window.take(memberBytes);
      }
      state.members++;
    }
    const problem = atEnd(state);
    if (problem !== null) onProblem(problem);
  } finally {
    await window.close();
  }
}

function readBlock(state: State, block: Buffer, headerBytes: number): Uint8Array | GzipProblem {
  const end = block.length - TRAILER_BYTES;
  if (end < headerBytes) return corrupt(state);
  const size = block.readUInt32LE(end + 4);
  const data = size > MAX_BLOCK_BYTES ? null : inflate(block.subarray(headerBytes, end), size);
  if (data === null) return corrupt(state);
  if (data.length !== size || crc32(data) !== block.readUInt32LE(end)) return checksum(state);
  state.ended = block.equals(BGZF_END);
  return data;
}

async function* readMember(
  state: State,
  headerBytes: number,
): AsyncGenerator<Uint8Array, GzipProblem | null> {
  const { window } = state;
  const start = window.offset;
  window.take(headerBytes);
  let sum = 0;
  let size = 0;
  const data = inflateMember(window);
  for (;;) {
    const next = await data.next();
    if (next.done === true) {
      if (next.value === 'ended') break;
      return next.value === 'truncated' ? truncated(state, start) : corrupt(state, start);
    }
    sum = crc32(next.value, sum);
    size += next.value.length;
    yield next.value;
  }
  await window.fill(TRAILER_BYTES);
  const { bytes } = window;
  if (bytes.length < TRAILER_BYTES) return truncated(state, start);
  if (bytes.readUInt32LE(0) !== sum || bytes.readUInt32LE(4) !== size >>> 0) return checksum(state, start);
  window.take(TRAILER_BYTES);
  state.ended = false;
  return null;
}

const member = ({ window, members }: State, offset = window.offset): string =>
  `member ${members + 1} at byte ${offset}`;

function noHeader({ window, members }: State): GzipProblem {
  return members === 0
    ? { code: 'gzip-corrupt', message: 'this is not a gzip file' }
    : {
        code: 'gzip-trailing',
        message: `at byte ${window.offset}, after ${members} members, no gzip follows`,
      };
}

function truncated(state: State, offset?: number): GzipProblem {
  return { code: 'gzip-truncated', message: `the file ends within ${member(state, offset)}` };
}

function corrupt(state: State, offset?: number): GzipProblem {
  return { code: 'gzip-corrupt', message: `${member(state, offset)} cannot be inflated` };
}

function checksum(state: State, offset?: number): GzipProblem {
  return {
    code: 'gzip-crc',
    message: `${member(state, offset)}: its data does not have the CRC-32 and length it states`,
  };
}

function atEnd({ members, ended, plain }: State): GzipProblem | null {
  if (members === 0) return { code: 'gzip-truncated', message: 'the file is empty' };
  if (plain) {
    return {
      code: 'gzip-plain',
      message: 'ordinary gzip, not written in blocks: an unfinished file could not be told from a whole one',
    };
  }
  if (ended) return null;
  return { code: 'gzip-unfinished', message: `no end block after ${members} members: it was not finished` };
}

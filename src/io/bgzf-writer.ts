import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';

import { crc32, deflateRawSync } from 'node:zlib';
import { ioError } from './io-error.js';

/** Most input bytes of one member (SAM specification, section 4.1.1): deflate never makes it too large for BSIZE. */
export const MEMBER_INPUT_BYTES = 65_280;

/** The standard empty member that closes a BGZF file; a file without it is unfinished. */
export const BGZF_END = Buffer.from('1f8b08040000000000ff0600424302001b0003000000000000000000', 'hex');

const HEADER_BYTES = 18;
const TRAILER_BYTES = 8;

/** One gzip member (RFC 1952) with the BC extra subfield that holds its size; no time in the header. */
export function bgzfMember(input: Uint8Array, level: number): Buffer {
  const deflated = deflateRawSync(input, { level });
  const size = HEADER_BYTES + deflated.length + TRAILER_BYTES;
  const member = Buffer.allocUnsafe(size);
  BGZF_END.copy(member, 0, 0, HEADER_BYTES);
  member.writeUInt16LE(size - 1, 16);
  deflated.copy(member, HEADER_BYTES);
  member.writeUInt32LE(crc32(input), size - 8);
  member.writeUInt32LE(input.length, size - 4);
  return member;
}

/** Input as one member, or as several when it is longer than a member may be. */
export function bgzfMembers(input: Uint8Array, level: number): Buffer[] {
  const members: Buffer[] = [];
  for (let at = 0; at < input.length; at += MEMBER_INPUT_BYTES) {
    members.push(bgzfMember(input.subarray(at, at + MEMBER_INPUT_BYTES), level));
  }
  return members;
}

/** Appends members to one new file, hashing what it writes. */
export class BgzfFile {
  readonly path: string;
  bytes = 0;
  private readonly fd: number;
  private readonly hash = createHash('sha256');
  private open = true;

  /** @throws CaptureError `io` when the file exists or cannot be made */
  constructor(path: string) {
    this.path = path;
    try {
      this.fd = openSync(path, 'wx');
    } catch (error) {
      throw ioError(`cannot create ${path}`, error);
    }
  }

  /** Ends the file with the end block, makes it durable and closes it. */
  finish(): { bytes: number; sha256: string } {
    this.append(BGZF_END);
    this.sync();
    this.abort();
    return { bytes: this.bytes, sha256: this.hash.digest('hex') };
  }

  /** Makes what has been written durable. */
  sync(): void {
    try {
      fsyncSync(this.fd);
    } catch (error) {
      throw ioError(`cannot write ${this.path}`, error);
    }
  }

  /** Closes the file as it stands. */
  abort(): void {
    if (this.open) closeSync(this.fd);
    this.open = false;
  }

  /** Writes whole members. */
  append(data: Uint8Array): void {
    try {
      for (let at = 0; at < data.length;) at += writeSync(this.fd, data, at);
    } catch (error) {
      throw ioError(`cannot write ${this.path}`, error);
    }
    this.hash.update(data);
    this.bytes += data.length;
  }
}

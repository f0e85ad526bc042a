import { crc32, deflateRawSync } from 'node:zlib';
import { HashedFile } from './hashed-file.js';

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

/** Appends members to one file, hashing what it writes. */
export class BgzfFile extends HashedFile {
  /** One that was finished with so many bytes: it loses its end block, and goes on. */
  static goOn(path: string, bytes: number): BgzfFile {
    return new BgzfFile(path, bytes - BGZF_END.length);
  }

  /** Ends the file with the end block, makes it durable and closes it. */
  override finish(): { bytes: number; sha256: string } {
    this.write(BGZF_END);
    return super.finish();
  }
}

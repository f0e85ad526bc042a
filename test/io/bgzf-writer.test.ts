import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BGZF_END, BgzfFile, bgzfMember, bgzfMembers, MEMBER_INPUT_BYTES } from '../../src/io/bgzf-writer.js';

const scratch = () => join(mkdtempSync(join(tmpdir(), 'bgzf-')), 'x.gz');

describe('BGZF members', () => {
  it('carry their size in the BC subfield and no time', () => {
    const member = bgzfMember(Buffer.from('hello\n'), 3);
    expect(member.subarray(0, 4)).toEqual(Buffer.from('1f8b0804', 'hex'));
    expect(member.readUInt32LE(4)).toBe(0);
    expect(member.subarray(10, 16)).toEqual(Buffer.from('060042430200', 'hex'));
    expect(member.readUInt16LE(16) + 1).toBe(member.length);
  });

  it.each([0, 1, 3, 6, 9])('hold any input at level %i', (level) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), fc.nat(30), (bytes, repeat) => {
        const input = Buffer.concat(Array.from({ length: repeat + 1 }, () => bytes)).subarray(
          0,
          MEMBER_INPUT_BYTES,
        );
        const member = bgzfMember(input, level);
        expect(member.length).toBeLessThanOrEqual(65_536);
        expect(gunzipSync(member).equals(input)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it('never outgrow BSIZE on input that does not compress', () => {
    const noise = Buffer.from(
      Array.from({ length: MEMBER_INPUT_BYTES }, (_, i) => (Math.imul(i, 2654435761) >>> 13) & 255),
    );
    for (const level of [0, 1, 9]) expect(bgzfMember(noise, level).length).toBeLessThanOrEqual(65_536);
  });
});

describe('BgzfFile', () => {
  it('ends with the standard block and tells what it wrote', () => {
    const path = scratch();
    const file = new BgzfFile(path);
    for (const input of [Buffer.from('a\n'), Buffer.alloc(MEMBER_INPUT_BYTES * 2 + 5, 'b')]) {
      for (const member of bgzfMembers(input, 3)) file.write(member);
    }
    const { bytes, sha256 } = file.finish();
    const written = readFileSync(path);
    expect(written.subarray(-28)).toEqual(BGZF_END);
    expect(written.length).toBe(bytes);
    expect(createHash('sha256').update(written).digest('hex')).toBe(sha256);
    expect(gunzipSync(written).length).toBe(2 + MEMBER_INPUT_BYTES * 2 + 5);
  });

  it('refuses to write over a file, and names one it cannot make', () => {
    const path = scratch();
    new BgzfFile(path).finish();
    expect(() => new BgzfFile(path)).toThrow(`cannot create ${path}: it exists already`);
    expect(() => new BgzfFile(join(path, 'y.gz'))).toThrow('a part of the path is a file');
  });
});

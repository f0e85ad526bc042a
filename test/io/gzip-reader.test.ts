import { mkdtempSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readGzip, type GzipProblem } from '../../src/io/gzip-reader.js';
import { inflateNode, inflateZlibSync, type Inflate } from '../../src/io/inflate.js';
import { bgzf, bgzfBlock, END_BLOCK, plainGzip } from '../fixtures/bgzf.js';

const directory = mkdtempSync(join(tmpdir(), 'gzip-'));
let files = 0;

async function read(data: Uint8Array): Promise<{ text: string; problems: GzipProblem[] }> {
  const path = join(directory, `${files++}.gz`);
  writeFileSync(path, data);
  const problems: GzipProblem[] = [];
  const chunks: Uint8Array[] = [];
  for await (const chunk of readGzip(path, (problem) => problems.push(problem))) chunks.push(chunk.slice());
  return { text: Buffer.concat(chunks).toString(), problems };
}

const codes = (problems: GzipProblem[]): string[] => problems.map(({ code }) => code);
const LINES = Array.from({ length: 40 }, (_, i) => `line ${i} ${Math.sin(i)}`);
const TEXT = `${LINES.join('\n')}\n`;
/** Text that hardly compresses, larger than what is tried at once. */
const LONG = Array.from({ length: 60_000 }, (_, i) => `${Math.sin(i)}\n`).join('');
const cut = (data: Buffer, bytes: number): Buffer => data.subarray(0, bytes);
const flip = (data: Buffer, at: number): Buffer => {
  const copy = Buffer.from(data);
  copy[at]! ^= 0x55;
  return copy;
};

describe('whole files', () => {
  it.each<[string, Buffer, string, string[]]>([
    ['BGZF', bgzf(LINES), TEXT, []],
    ['an empty BGZF file', END_BLOCK, '', []],
    ['one gzip member', plainGzip(LINES), TEXT, ['gzip-plain']],
    ['a member for each line', plainGzip(LINES, 1), TEXT, ['gzip-plain']],
    ['a large member', gzipSync(LONG), LONG, ['gzip-plain']],
    ['large members in a row', Buffer.concat([gzipSync(LONG), gzipSync(LONG)]), LONG + LONG, ['gzip-plain']],
    ['blocks, then a member', Buffer.concat([bgzfBlock('a\n'), gzipSync('b\n')]), 'a\nb\n', ['gzip-plain']],
  ])('%s', async (_, data, text, expected) => {
    const result = await read(data);
    expect(codes(result.problems)).toEqual(expected);
    expect(result.text === text).toBe(true);
  });

  it('reads name, comment, extra field and checksum of a header', async () => {
    const plain = gzipSync('x');
    const header = Buffer.from([0x1f, 0x8b, 8, 2 | 4 | 8 | 16, 0, 0, 0, 0, 0, 3, 4, 0, 65, 65, 0, 0]);
    const data = Buffer.concat([header, Buffer.from('name\0comment\0..'), plain.subarray(10)]);
    expect(await read(data)).toMatchObject({ text: 'x' });
  });
});

describe('damage is reported once, and all before it is given', () => {
  const whole = bgzf(LINES, 10);
  const blockBytes = whole.readUInt16LE(16) + 1;
  const half = TEXT.split('\n').slice(0, 10).join('\n').concat('\n');
  it.each<[string, Buffer, string, string]>([
    ['no end block', cut(whole, whole.length - END_BLOCK.length), 'gzip-unfinished', TEXT],
    ['cut in the end block', cut(whole, whole.length - 1), 'gzip-truncated', TEXT],
    ['cut in a block', cut(whole, blockBytes + 40), 'gzip-truncated', half],
    ['cut in a header', cut(whole, blockBytes + 5), 'gzip-truncated', half],
    ['cut between blocks', cut(whole, blockBytes), 'gzip-unfinished', half],
    ['a byte of the data changed', flip(whole, blockBytes + 60), 'gzip-corrupt|gzip-crc', half],
    ['a checksum changed', flip(whole, 2 * blockBytes - 5 - 0), 'gzip-corrupt|gzip-crc', half],
    ['a length changed', flip(whole, blockBytes - 4), 'gzip-crc', ''],
    ['garbage behind', Buffer.concat([whole, Buffer.from('garbage')]), 'gzip-trailing', TEXT],
    ['zeros behind', Buffer.concat([whole, Buffer.alloc(512)]), 'gzip-trailing', TEXT],
    ['no gzip at all', Buffer.from('{"step":1}\n'), 'gzip-corrupt', ''],
    ['nothing', Buffer.alloc(0), 'gzip-truncated', ''],
    ['a plain member cut', cut(plainGzip(LINES, 10), 60), 'gzip-truncated', ''],
    ['a plain trailer cut', cut(gzipSync(TEXT), gzipSync(TEXT).length - 3), 'gzip-truncated', TEXT],
    ['a plain checksum changed', flip(gzipSync(TEXT), gzipSync(TEXT).length - 8), 'gzip-crc', TEXT],
    [
      'garbage behind a plain member',
      Buffer.concat([gzipSync(TEXT), Buffer.from('x')]),
      'gzip-trailing',
      TEXT,
    ],
    ['garbage behind a large one', Buffer.concat([gzipSync(LONG), Buffer.from('x')]), 'gzip-trailing', LONG],
  ])('%s', async (_, data, code, text) => {
    const result = await read(data);
    expect(codes(result.problems)).toHaveLength(1);
    expect(code.split('|')).toContain(result.problems[0]!.code);
    expect(text.startsWith(result.text.slice(0, text.length))).toBe(true);
    expect(result.text.length).toBeGreaterThanOrEqual(text.length);
  });

  it('a large plain member, cut anywhere, gives a prefix', async () => {
    const data = gzipSync(LONG);
    for (const part of [0.3, 0.6, 0.9]) {
      const { text, problems } = await read(cut(data, Math.floor(data.length * part)));
      expect(codes(problems)).toEqual(['gzip-truncated']);
      expect(LONG.startsWith(text)).toBe(true);
      expect(text.length).toBeGreaterThan(LONG.length * (part - 0.1));
    }
  });

  it('any truncation of a BGZF file gives its complete blocks and is reported', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: whole.length - 1 }), async (bytes) => {
        const { text, problems } = await read(cut(whole, bytes));
        const blocks = Math.min(4, Math.floor(text.split('\n').length / 10));
        expect(text).toBe(
          LINES.slice(0, blocks * 10)
            .map((line) => `${line}\n`)
            .join(''),
        );
        expect(problems).toHaveLength(1);
      }),
    );
  });

  it('any changed byte is reported or changes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: whole.length - 1 }), async (at) => {
        const { text, problems } = await read(flip(whole, at));
        if (problems.length === 0) expect(text).toBe(TEXT);
        else expect(TEXT.startsWith(text)).toBe(true);
      }),
    );
  });
});

const zlibSync = ((): typeof import('zlib-sync') | null => {
  try {
    return createRequire(import.meta.url)('zlib-sync') as typeof import('zlib-sync');
  } catch {
    return null;
  }
})();
const inflaters: [string, Inflate][] = [['node:zlib', inflateNode]];
if (zlibSync !== null) inflaters.push(['zlib-sync', inflateZlibSync(zlibSync)]);

describe.each(inflaters)('%s', (_, inflate) => {
  it.each([0, 1, 1000, 65_536])('inflates %d bytes', (size) => {
    const input = Buffer.from(LONG.slice(0, size));
    expect(Buffer.from(inflate(deflateRawSync(input), size)!).equals(input)).toBe(true);
  });

  it('gives null for what is no deflate data, or too little of it', () => {
    const data = deflateRawSync(TEXT);
    expect(inflate(cut(data, data.length - 4), TEXT.length)).toBeNull();
    expect(inflate(Buffer.alloc(20, 0xff), 100)).toBeNull();
  });
});

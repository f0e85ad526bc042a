import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, it } from 'vitest';
import { parseGzipHeader } from '../../../src/io/gzip-header.js';
import { inflateMembers, MAX_BLOCK_BYTES, memberRun } from '../../../src/io/gzip-members.js';
import { readGzip, type GzipProblem } from '../../../src/io/gzip-reader.js';
import { bgzf, bgzfBlock, END_BLOCK, plainGzip } from '../../fixtures/bgzf.js';
import { tries } from '../runs.js';
import { fuzz, same } from './fuzz.js';

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

/** A header with every optional field. */
const LONG_HEADER = '\x1f\x8b\x08\x1f\0\0\0\0\0\x03\x0a\0XY\x04\0abcdname\0comment\0\x12\x34';
const LINES = ['{"a":1}', '{"b":[2,3]}', 'x'.repeat(300)];
const SEEDS = [
  bgzf(LINES, 1),
  bgzf(LINES),
  bgzf([]),
  plainGzip(LINES, 1),
  plainGzip(LINES),
  Buffer.concat([bgzfBlock('a\n'), gzipSync('b\n'), END_BLOCK]),
  gzipSync('\0'.repeat(100_000)),
  Buffer.concat([bgzfBlock('\0'.repeat(65_280)), END_BLOCK]),
].map(latin1);
const TOKENS = [
  ...[
    '\x1f\x8b\x08',
    '\x1f\x8b\x08\x04\0\0\0\0\0\xff\x06\0BC\x02\0',
    'BC\x02\0',
    '\0\0\0\0',
    '\xff\xff\xff\xff',
  ],
  ...[
    '\x03\0',
    '\x01\0\0\xff\xff',
    '\0\0\0\xff\xff',
    '\x10',
    '\x08',
    '\x02',
    '\xe0',
    latin1(END_BLOCK),
    LONG_HEADER,
  ],
  ...SEEDS.slice(0, 6),
];

/** The data of a file by zlib alone; null when that refuses it, `header` when only for a checksum of its header. */
function inflated(bytes: Buffer): Buffer | 'header' | null {
  try {
    return gunzipSync(bytes, { maxOutputLength: 1 << 24 });
  } catch (error) {
    return (error as Error).message === 'header crc mismatch' ? 'header' : null;
  }
}

it('gzip headers', async () => {
  const read = (text: string): string => {
    const bytes = Buffer.from(text, 'latin1');
    const header = parseGzipHeader(bytes);
    if (typeof header === 'string') return header;
    const { length, memberBytes } = header;
    same('within', length >= 10 && length <= bytes.length, true);
    same('size', memberBytes === null || (memberBytes > 0 && memberBytes <= MAX_BLOCK_BYTES), true);
    return `${Math.min(length, 40)} ${memberBytes !== null}`;
  };
  const headers = [...SEEDS.map((seed) => seed.slice(0, 40)), LONG_HEADER];
  await fuzz(
    { name: 'gzip headers', seeds: headers, tokens: TOKENS.slice(0, 12), read },
    tries(2_000_000, 20_000),
  );
}, 3_600_000);

it('gzip members', async () => {
  const read = (text: string): string => {
    const bytes = Buffer.from(text, 'latin1');
    const run = memberRun(bytes, 1 << 17);
    same('within', run.bytes <= bytes.length && run.size <= 3 * MAX_BLOCK_BYTES, true);
    if (run.count === 0) return 'none';
    const members = bytes.subarray(0, run.bytes);
    const data = inflateMembers(members, run.size);
    if (data === null) return `${run.count} wrong`;
    same('data', Buffer.compare(data, inflated(members) as Buffer), 0);
    return `${run.count} ${run.ended} ${Math.ceil(Math.log2(run.size + 1))}`;
  };
  await fuzz({ name: 'gzip members', seeds: SEEDS, tokens: TOKENS, read }, tries(500_000, 4000));
}, 3_600_000);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'plume-fuzz-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What is said of a file that is all there. */
const WHOLE = new Set(['gzip-plain', 'gzip-unfinished', undefined]);

it('gzip files', async () => {
  const path = join(folder, 'f.gz');
  const read = async (text: string): Promise<string> => {
    const bytes = Buffer.from(text, 'latin1');
    writeFileSync(path, bytes);
    const problems: GzipProblem[] = [];
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of readGzip(path, (problem) => problems.push(problem))) {
      chunks.push(Buffer.from(chunk));
      if ((size += chunk.length) > 1 << 25) throw new Error('it does not end');
    }
    same('problems', problems.length <= 1, true);
    const [problem] = problems;
    if (WHOLE.has(problem?.code)) {
      const expected = inflated(bytes);
      const isSame = Buffer.isBuffer(expected) ? Buffer.concat(chunks).equals(expected) : expected;
      if (isSame !== 'header') same('what zlib reads', isSame, true);
    }
    return `${problem?.code} ${Math.min(chunks.length, 5)}`;
  };
  await fuzz({ name: 'gzip files', seeds: SEEDS, tokens: TOKENS, read }, tries(60_000, 400));
}, 3_600_000);

import { gunzipSync } from 'node:zlib';
import { END_BLOCK, plainGzip } from '../../fixtures/bgzf.js';
import { STEPS, stepsFile, type Case } from './case.js';

const firstBlock = (data: Buffer): number => data.readUInt16LE(16) + 1;

function flipped(data: Buffer, at: number): Buffer {
  const copy = Buffer.from(data);
  copy[at]! ^= 1;
  return copy;
}

const gzip = (code: Case['code'], what: string, change: (data: Buffer) => Buffer): Case => ({
  code,
  what,
  file: STEPS,
  change: stepsFile(change),
});

export const gzipCases: Case[] = [
  gzip('gzip-truncated', 'cut within a block', (data) => data.subarray(0, firstBlock(data) + 50)),
  gzip('gzip-truncated', 'an empty file', () => Buffer.alloc(0)),
  gzip('gzip-corrupt', 'text', () => Buffer.from('{}\n')),
  gzip('gzip-corrupt', 'zeros in a block', (data) => Buffer.from(data).fill(0, 20, 60)),
  gzip('gzip-crc', 'a checksum changed', (data) => flipped(data, firstBlock(data) - 7)),
  gzip('gzip-trailing', 'text behind', (data) => Buffer.concat([data, Buffer.from('x')])),
  gzip('gzip-unfinished', 'no end block', (data) => data.subarray(0, -END_BLOCK.length)),
  gzip('gzip-unfinished', 'ends between blocks', (data) => data.subarray(0, firstBlock(data))),
  gzip('gzip-plain', 'ordinary gzip', (data) => plainGzip(gunzipSync(data).toString().trimEnd().split('\n'))),
];

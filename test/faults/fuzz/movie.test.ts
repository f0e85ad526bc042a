import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, it } from 'vitest';
import * as zarr from 'zarrita';
import { openMovie } from '../../../src/io/movie.js';
import { tries } from '../runs.js';
import { fuzz, refusal, same } from './fuzz.js';
import { JSON_VALUES, mutateJson } from './mutate-json.js';
import type { Random } from './random.js';

const SHAPE = [5, 4, 6];
const CHUNK = [2, 3, 4];
/** Movies that are larger by their metadata are opened and not read. */
const MAX_READ = 100_000;

const bytes = { name: 'bytes', configuration: { endian: 'little' } };
const bloscOf = (cname: string, shuffle: string): object => ({
  name: 'blosc',
  configuration: { cname, clevel: 5, shuffle, typesize: 4, blocksize: 0 },
});
const CODECS: [name: string, codecs: object[]][] = [
  ['plain', [bytes]],
  ['transposed', [{ name: 'transpose', configuration: { order: [2, 1, 0] } }, bytes]],
  ['zstd', [bytes, { name: 'zstd', configuration: { level: 1 } }]],
  ['blosc', [bytes, bloscOf('zstd', 'shuffle')]],
];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'plume-fuzz-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Writes a movie with zarrita's own encoder, and gives its metadata. */
async function write(name: string, codecs: object[]): Promise<string> {
  const root = join(folder, name);
  const store = {
    get: () => Promise.resolve(undefined),
    async set(key: string, value: Uint8Array) {
      mkdirSync(join(root, key, '..'), { recursive: true });
      writeFileSync(join(root, key), value);
    },
  };
  const created = await zarr.create(store, {
    shape: SHAPE,
    chunkShape: CHUNK,
    dtype: 'float32',
    codecs: codecs as zarr.CodecMetadata[],
    attributes: { fps: 12, extent: [6, 4] },
    dimensionNames: ['t', 'y', 'x'],
    fillValue: 0,
  });
  const data = Float32Array.from({ length: 120 }, (_, i) => i / 120);
  await zarr.set(created, null, { data, shape: SHAPE, stride: [24, 6, 1] });
  return readFileSync(join(root, 'zarr.json'), 'utf8');
}

async function readMovie(path: string): Promise<string> {
  try {
    const movie = await openMovie(path, 0);
    const { count, height, width } = movie;
    if (count * height * width > MAX_READ) return 'large';
    await movie.load(count - 1);
    same('values', movie.at(count - 1)!.length, height * width);
    return `${count} ${height} ${width} ${JSON.stringify(movie.metadata)}`;
  } catch (error) {
    return refusal(error, path);
  }
}

const METADATA_TOKENS = [
  ...[
    '{',
    '}',
    '[',
    ']',
    ':',
    ',',
    '"',
    'null',
    '[]',
    '{}',
    '0',
    '-1',
    '1',
    '2',
    '0.5',
    '1e9',
    '1e308',
    '65536',
    '"NaN"',
  ],
  ...[
    '"float64"',
    '"uint8"',
    '"int64"',
    '"bool"',
    '"string"',
    '"<f8"',
    '"|u1"',
    '">f4"',
    '"<U4"',
    '"v2"',
    '"default"',
  ],
  ...[
    '"gzip"',
    '"zlib"',
    '"blosc"',
    '"crc32c"',
    '"sharding_indexed"',
    '"cast_value"',
    '"scale_offset"',
    '"delta"',
  ],
  ...[
    '"shape":',
    '"chunk_shape":',
    '"codecs":',
    '"attributes":',
    '"fill_value":',
    '"scale_factor":0.004,',
    '"fps":',
  ],
  ...[
    '"__proto__":',
    '"configuration":',
    '"order":"F"',
    '"compressor":null',
    '"filters":[{"id":"delta"}]',
    '"../../x"',
  ],
];

it('Zarr v3 metadata', async () => {
  const seeds: string[] = [];
  for (const [name, codecs] of CODECS) seeds.push(await write(name, codecs));
  const path = join(folder, 'blosc');
  const read = (text: string): Promise<string> => {
    writeFileSync(join(path, 'zarr.json'), text);
    return readMovie(path);
  };
  const generate = (random: Random): string => mutateJson(random.pick(seeds), random, VALUES);
  await fuzz(
    { name: 'Zarr v3 metadata', seeds, tokens: METADATA_TOKENS, generate, read },
    tries(60_000, 300),
  );
}, 3_600_000);

it('Zarr v2 metadata', async () => {
  await write('plain', [bytes]);
  const path = join(folder, 'v2');
  mkdirSync(path);
  for (const t of [0, 1, 2])
    for (const y of [0, 1])
      for (const x of [0, 1])
        writeFileSync(
          join(path, `${t}.${y}.${x}`),
          readFileSync(join(folder, 'plain', 'c', `${t}`, `${y}`, `${x}`)),
        );
  const array = {
    zarr_format: 2,
    shape: SHAPE,
    chunks: CHUNK,
    dtype: '<f4',
    order: 'C',
    fill_value: 0,
    filters: null,
  };
  const compressor = { id: 'blosc', cname: 'zstd', clevel: 5, shuffle: 1, blocksize: 0 };
  const attributes = { fps: 12, origin: [0, 0], _ARRAY_DIMENSIONS: ['t', 'y', 'x'] };
  const seeds = [
    [{ ...array, compressor: null }, attributes],
    [{ ...array, compressor }, {}],
    [
      { ...array, compressor: null, order: 'F', dtype: '|u1' },
      { scale_factor: 1 / 255, add_offset: 0 },
    ],
  ].map((files) => files.map((file) => JSON.stringify(file)).join('\f'));
  const read = (text: string): Promise<string> => {
    const [meta, attrs = '{}'] = text.split('\f');
    writeFileSync(join(path, '.zarray'), meta!);
    writeFileSync(join(path, '.zattrs'), attrs);
    return readMovie(path);
  };
  const generate = (random: Random): string =>
    random
      .pick(seeds)
      .split('\f')
      .map((text) => mutateJson(text, random, VALUES))
      .join('\f');
  const target = { name: 'Zarr v2 metadata', seeds, tokens: [...METADATA_TOKENS, '\f'], generate, read };
  await fuzz(target, tries(40_000, 300));
}, 3_600_000);

/** Words of the metadata that are JSON themselves. */
const VALUES = [
  ...JSON_VALUES,
  ...METADATA_TOKENS.filter((token) => /^"[^"]*"$|^\d/.test(token)),
  ...[
    '[2,3,4]',
    '[5,4,6]',
    '["t","y","x"]',
    '{"name":"bytes"}',
    '{"name":"gzip","configuration":{"level":1}}',
  ],
];

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as zarr from 'zarrita';
import { CaptureError } from '../../src/core/errors.js';
import type { MovieFrames } from '../../src/core/ports.js';
import { movieDigest, openMovie } from '../../src/io/movie.js';
import { movieSchema } from '../../src/sim/config.js';
import { fields } from '../../src/sim/fields/index.js';

const DEMO = fileURLToPath(new URL('../golden/gaussian_plume_demo.zarr', import.meta.url));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'movie-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function frame(movie: MovieFrames, index: number): Promise<Float32Array> {
  if (movie.at(index) === null) await movie.load(index);
  return movie.at(index)!;
}

async function refusal(act: () => Promise<unknown>): Promise<CaptureError> {
  const error = await act().then(
    () => new Error('nothing was refused'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(CaptureError);
  const { kind, message } = error as CaptureError;
  expect(kind).toBe('input');
  expect(message).not.toContain('\n');
  expect(message).toContain(folder);
  return error as CaptureError;
}

interface Spec {
  shape?: number[];
  chunks?: number[];
  dtype?: zarr.DataType;
  values?: (i: number) => number;
  attributes?: Record<string, unknown>;
  codecs?: zarr.CodecMetadata[];
  dimensionNames?: string[];
  fillValue?: number;
  write?: boolean;
}

/** Writes a Zarr v3 movie into `folder`, bare or in a group, with zarrita's own encoder. */
async function write(name: string, array: string, spec: Spec = {}): Promise<string> {
  const root = join(folder, name);
  const store = {
    get: (key: string) => readFile(join(root, key)).catch(() => undefined),
    async set(key: string, value: Uint8Array) {
      await mkdir(dirname(join(root, key)), { recursive: true });
      await writeFile(join(root, key), value);
    },
  };
  const shape = spec.shape ?? [5, 4, 6];
  if (array !== '/') await zarr.create(store, { attributes: { fps: 12 } });
  const location = zarr.root(store).resolve(array);
  const created = await zarr.create(location, {
    shape,
    chunkShape: spec.chunks ?? [2, 3, 4],
    dtype: spec.dtype ?? 'float32',
    codecs: (spec.codecs ?? []).filter((codec) => codec.name !== 'gzip'),
    attributes: spec.attributes ?? {},
    fillValue: spec.fillValue ?? 0,
    ...(spec.dimensionNames === undefined ? {} : { dimensionNames: spec.dimensionNames }),
  });
  if (spec.write === false) return root;
  const size = shape.reduce((a, b) => a * b, 1);
  const values = Array.from({ length: size }, (_, i) => (spec.values ?? ((k) => k / size))(i));
  const Typed = { float32: Float32Array, float64: Float64Array, uint8: Uint8Array }[spec.dtype as 'uint8'];
  const data = (Typed ?? Float32Array).from(values);
  const stride = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  await zarr.set(created, null, { data, shape, stride });
  if (spec.codecs?.some((codec) => codec.name === 'gzip')) await gzipChunks(join(root, array), spec.codecs);
  return root;
}

/** zarrita reads gzip but does not write it. */
async function gzipChunks(path: string, codecs: zarr.CodecMetadata[]): Promise<void> {
  const metadata = JSON.parse(await readFile(join(path, 'zarr.json'), 'utf8')) as object;
  await writeFile(join(path, 'zarr.json'), JSON.stringify({ ...metadata, codecs }));
  for (const entry of await readdir(join(path, 'c'), { recursive: true, withFileTypes: true })) {
    const chunk = join(entry.parentPath, entry.name);
    if (entry.isFile()) await writeFile(chunk, gzipSync(await readFile(chunk)));
  }
}

const expected = (index: number): Float32Array =>
  Float32Array.from({ length: 24 }, (_, cell) => (index * 24 + cell) / 120);

describe('the published demo movie', () => {
  const { samples } = JSON.parse(readFileSync(new URL('../golden/movie.json', import.meta.url), 'utf8')) as {
    samples: { step: number; x: number; y: number; wrap: number; clamp: number }[];
  };

  it('has its shape and metadata', async () => {
    const movie = await openMovie(DEMO);
    expect([movie.count, movie.height, movie.width]).toEqual([60, 128, 128]);
    expect(movie.metadata).toEqual({ fps: 60, pixel_to_grid: [1, 1], origin: [0, 0], extent: [128, 128] });
  });

  it.each(['wrap', 'clamp'] as const)('shows what plume_nav_sim shows: %s', async (step_policy) => {
    expect(samples.length).toBeGreaterThan(0);
    const inputs = {
      gridSize: null,
      sigma: 1,
      movie: movieSchema.parse({ path: DEMO, step_policy, fps: 60n, origin: [0n, 0n] }),
      frames: await openMovie(DEMO, 1),
    };
    const variant = fields.get('movie');
    const field = variant.create(inputs, variant.gridSize(inputs), 0, 0);
    for (const { step, x, y, ...shown } of samples) {
      for (let wait = field.pending(step); wait !== null; wait = field.pending(step)) await wait;
      field.advance(step);
      expect(field.data[y * 128 + x], `step ${step}`).toBe(shown[step_policy]);
    }
  });

  it('refuses metadata other than its own', async () => {
    const movie = movieSchema.parse({ path: DEMO, fps: 30n });
    const inputs = { gridSize: null, sigma: 1, movie, frames: await openMovie(DEMO) };
    expect(() => fields.get('movie').create(inputs, [128, 128], 0, 0)).toThrow(
      /movie\.fps is 30 .* states 60/,
    );
  });
});

const bytes = { name: 'bytes', configuration: { endian: 'little' } };
const ENCODINGS: [string, zarr.CodecMetadata[]][] = [
  ['plain', [bytes]],
  ['big-endian', [{ name: 'bytes', configuration: { endian: 'big' } }]],
  ['gzip', [bytes, { name: 'gzip', configuration: { level: 1 } }]],
  ['zstd', [bytes, { name: 'zstd', configuration: { level: 1 } }]],
  ['lz4', [bytes, { name: 'numcodecs.lz4', configuration: { acceleration: 1 } }]],
  ['transposed', [{ name: 'transpose', configuration: { order: [2, 1, 0] } }, bytes]],
  ...['zstd', 'lz4', 'zlib', 'blosclz'].map((cname): [string, zarr.CodecMetadata[]] => [
    `blosc ${cname}`,
    [
      bytes,
      { name: 'blosc', configuration: { cname, clevel: 5, shuffle: 'shuffle', typesize: 4, blocksize: 0 } },
    ],
  ]),
];

describe('Zarr v3', () => {
  it.each(ENCODINGS)('%s, in a group', async (name, codecs) => {
    const movie = await openMovie(await write(name, 'concentration', { codecs }));
    expect([movie.count, movie.height, movie.width]).toEqual([5, 4, 6]);
    for (let i = 0; i < 5; i++) expect(await frame(movie, i)).toEqual(expected(i));
    expect(movie.metadata.fps).toBe(12);
  });

  it('a bare array, double precision', async () => {
    const movie = await openMovie(await write('bare', '/', { dtype: 'float64', attributes: { origin: 3 } }));
    expect(await frame(movie, 4)).toEqual(expected(4));
    expect(movie.metadata).toEqual({ fps: null, pixel_to_grid: null, origin: [3, 3], extent: null });
  });

  it('8-bit video, scaled as it states', async () => {
    const attributes = { scale_factor: 1 / 255 };
    const values = (i: number): number => i * 2;
    const movie = await openMovie(await write('video', '/', { dtype: 'uint8', attributes, values }));
    expect((await frame(movie, 1))[3]).toBe(Math.fround(54 / 255));
  });

  it('a chunk without a file is the fill value', async () => {
    const movie = await openMovie(await write('sparse', '/', { write: false, fillValue: 0.25 }));
    expect(await frame(movie, 2)).toEqual(new Float32Array(24).fill(0.25));
  });

  it('rounding beyond 0 and 1 is taken away', async () => {
    const values = (i: number): number => (i === 0 ? -1e-7 : 1 + 1e-7);
    const shown = await frame(await openMovie(await write('over', '/', { values })), 0);
    expect([shown[0], shown[1]]).toEqual([0, 1]);
  });
});

describe('metadata that was written by hand', () => {
  /** A movie whose metadata is another. */
  async function altered(change: Record<string, unknown>): Promise<string> {
    const path = await write('movie', '/');
    const file = join(path, 'zarr.json');
    const metadata = JSON.parse(await readFile(file, 'utf8')) as object;
    await writeFile(file, JSON.stringify({ ...metadata, ...change }));
    return path;
  }

  it('may go without attributes', async () => {
    const movie = await openMovie(await altered({ attributes: undefined }));
    expect(await frame(movie, 1)).toEqual(expected(1));
  });

  it('with several codecs nobody knows is refused, and ends nothing else', async () => {
    const codecs = [bytes, { name: 'one' }, { name: 'two' }, {}];
    const movie = await openMovie(await altered({ codecs }));
    const { message } = await refusal(() => movie.load(0));
    expect(message).toMatch(/corrupt chunk 0\.0\.0: the codec "one" is not known$/);
    // a promise that nobody looks at is rejected before the next turn
    await new Promise((turn) => setTimeout(turn));
  });

  it('with a codec that is null is refused', async () => {
    const codecs = [{ name: 'transpose', configuration: { order: [2, 1, 0] } }, bytes, null, null];
    const { message } = await refusal(async () => openMovie(await altered({ codecs })));
    expect(message).toMatch(/states a codec as null in zarr\.json$/);
  });

  it.each([
    ['shape', { shape: null }, /states shape as null, not as whole numbers/],
    ['shape', { shape: [5, 4, 0.5] }, /states shape as \[5,4,0\.5\]/],
    [
      'chunks',
      { chunk_grid: { name: 'regular', configuration: { chunk_shape: [2, -3, 4] } } },
      /states chunks as \[2,-3,4\]/,
    ],
    [
      'chunks',
      { chunk_grid: { name: 'regular', configuration: { chunk_shape: [2, 3] } } },
      /has chunks \[2, 3\]$/,
    ],
    [
      'far too large frames',
      { shape: [5, 1e9, 1e9] },
      /shape \[5, 1000000000, 1000000000\] in chunks .* too much/,
    ],
    [
      'far too large chunks',
      { chunk_grid: { name: 'regular', configuration: { chunk_shape: [1e5, 1e5, 1e5] } } },
      /too much to read at once$/,
    ],
  ])('with a wrong %s is refused', async (_what, change, message) => {
    const path = await altered(change);
    expect((await refusal(() => openMovie(path))).message).toMatch(message);
  });
});

describe('memory', () => {
  it('keeps the last used chunks of time, one at least', async () => {
    const path = await write('long', '/', { shape: [8, 4, 6] });
    const chunkBytes = 2 * 24 * 4;
    const resident = async (budget: number): Promise<number[]> => {
      const movie = await openMovie(path, budget);
      for (const index of [0, 2, 4, 0, 6]) await frame(movie, index);
      return [0, 2, 4, 6].filter((index) => movie.at(index) !== null);
    };
    expect(await resident(0)).toEqual([6]);
    expect(await resident(chunkBytes * 2)).toEqual([0, 6]);
    expect(await resident(chunkBytes * 3)).toEqual([0, 4, 6]);
    expect(await resident(Infinity)).toEqual([0, 2, 4, 6]);
  });

  it('loads a chunk once for all who wait for it', async () => {
    const movie = await openMovie(await write('shared', '/'));
    expect(movie.load(0)).toBe(movie.load(1));
    await movie.load(0);
    expect(movie.at(1)).toEqual(expected(1));
  });
});

describe('refuses', () => {
  it('a path that does not exist', async () => {
    const error = await refusal(() => openMovie(join(folder, 'none.zarr')));
    expect(error.message).toMatch(/cannot open the movie '.*none\.zarr': no such file/);
    expect(error.hint).toBe('check the path');
  });

  it('a file', async () => {
    await writeFile(join(folder, 'movie.avi'), 'RIFF');
    expect((await refusal(() => openMovie(join(folder, 'movie.avi')))).message).toMatch(
      /is a file, not a Zarr/,
    );
  });

  it('a folder that is no Zarr', async () => {
    expect((await refusal(() => openMovie(folder))).message).toMatch(/is not a Zarr array or group$/);
  });

  it('broken metadata', async () => {
    await writeFile(join(folder, 'zarr.json'), '{"zarr_format": 3');
    expect((await refusal(() => openMovie(folder))).message).toMatch(/is not a Zarr array or group: /);
  });

  it('a group without concentration', async () => {
    const path = await write('group', 'temperature');
    expect((await refusal(() => openMovie(path))).message).toMatch(/has no array 'concentration'$/);
  });

  it.each<[string, Spec, RegExp]>([
    ['two dimensions', { shape: [4, 6], chunks: [3, 4] }, /has shape \[4, 6\], not three axes t, y, x/],
    ['no frames', { shape: [0, 4, 6], write: false }, /is empty: shape \[0, 4, 6\]/],
    [
      'axes in another order',
      { dimensionNames: ['x', 'y', 't'] },
      /has axes \["x","y","t"\], not \["t","y","x"\]/,
    ],
    [
      'integers without a scale',
      { dtype: 'uint8', values: () => 1 },
      /holds uint8 without saying how to scale/,
    ],
    ['64-bit integers', { dtype: 'int64', write: false }, /holds int64, not numbers/],
    ['a scale that is no number', { attributes: { scale_factor: '1' } }, /without saying how to scale/],
    ['fps that is no rate', { attributes: { fps: 0 } }, /states fps as 0/],
    ['an extent of three', { attributes: { extent: [1, 2, 3] } }, /states extent as \[1,2,3\]/],
  ])('%s', async (_name, spec, message) => {
    const path = await write('movie', '/', spec);
    expect((await refusal(() => openMovie(path))).message).toMatch(message);
  });

  it.each([
    ['values beyond 1', (i: number) => (i === 100 ? 2 : 0), /holds 2 in frame 4 at \[4, 0\]/],
    ['negative values', (i: number) => (i === 25 ? -0.5 : 0), /holds -0\.5 in frame 1 at \[1, 0\]/],
    ['NaN', (i: number) => (i === 0 ? NaN : 0), /holds NaN in frame 0 at \[0, 0\]/],
  ])('%s', async (_name, values, message) => {
    const movie = await openMovie(await write('movie', '/', { values }));
    const load = async (): Promise<void> => {
      for (let i = 0; i < 5; i++) await frame(movie, i);
    };
    expect((await refusal(load)).message).toMatch(message);
  });
});

describe('a corrupt chunk is an error', () => {
  const DAMAGE: [string, (good: Buffer) => Buffer][] = [
    ['truncated', (good) => good.subarray(0, -1)],
    ['halved', (good) => good.subarray(0, good.length / 2)],
    ['empty', () => Buffer.alloc(0)],
    ['zeroed', (good) => Buffer.alloc(good.length)],
    ['replaced', () => Buffer.from('not the chunk you are looking for')],
    ['longer', (good) => Buffer.concat([good, Buffer.alloc(4)])],
  ];
  const SCRAMBLED: (typeof DAMAGE)[number] = [
    'scrambled inside',
    (good) => Buffer.concat([good.subarray(0, 40), Buffer.alloc(20, 0xa5), good.subarray(60)]),
  ];

  it.each([...DAMAGE, SCRAMBLED])('of the demo: %s', async (_name, damage) => {
    const path = join(folder, 'demo.zarr');
    await cp(DEMO, path, { recursive: true });
    const chunk = join(path, 'concentration', '1.0.1');
    await writeFile(chunk, damage(await readFile(chunk)));
    const movie = await openMovie(path);
    await movie.load(0);
    expect((await refusal(() => movie.load(8))).message).toMatch(/has a corrupt chunk 1\.0\.1: /);
    expect(movie.at(8)).toBeNull();
  });

  const cases = ENCODINGS.flatMap(([name, codecs]) =>
    DAMAGE.map(([how, damage]) => ({ name, codecs, how, damage })),
  );
  // Zeros are good values when nothing is compressed, and gzip ignores zeros after its end.
  const harmless = ['plain zeroed', 'big-endian zeroed', 'transposed zeroed', 'gzip longer'];
  it.each(cases.filter(({ name, how }) => !harmless.includes(`${name} ${how}`)))(
    'of v3 $name: $how',
    async ({ codecs, damage }) => {
      const path = await write('movie', '/', { codecs });
      const chunk = join(path, 'c', '0', '0', '0');
      await writeFile(chunk, damage(await readFile(chunk)));
      const movie = await openMovie(path);
      expect((await refusal(() => movie.load(0))).message).toMatch(/has a corrupt chunk 0\.0\.0: /);
    },
  );
});

describe('movieDigest', () => {
  it('is what sha256sum says', async () => {
    const pipeline =
      "find -L . -type f -printf '%P\\n' | LC_ALL=C sort | xargs -d '\\n' sha256sum | sha256sum";
    const [expectedDigest] = execFileSync('sh', ['-c', pipeline], { cwd: DEMO }).toString().split(' ');
    expect(await movieDigest(DEMO)).toBe(expectedDigest);
  });

  it('changes with content and names, and follows links as DVC makes them', async () => {
    const path = await write('movie', '/');
    const before = await movieDigest(path);
    const chunk = join(path, 'c', '0', '0', '0');
    const linked = join(folder, 'cached');
    await cp(chunk, linked);
    await rm(chunk);
    await symlink(linked, chunk);
    expect(await movieDigest(path)).toBe(before);
    await writeFile(linked, 'other');
    expect(await movieDigest(path)).not.toBe(before);
  });

  it('of a missing movie is refused', async () => {
    await refusal(() => movieDigest(join(folder, 'none.zarr')));
  });
});

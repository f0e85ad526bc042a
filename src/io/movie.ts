import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CaptureError } from '../core/errors.js';
import type { MovieFrames } from '../core/ports.js';
import { hashFile } from './file-hash.js';
import { ioError } from './io-error.js';
import { metadataOf, openMovieArray, scalingOf } from './movie-array.js';
import { MovieChunks } from './movie-frames.js';

const AXES = JSON.stringify(['t', 'y', 'x']);
const DEFAULT_BUDGET = 256 * 2 ** 20;
/** All frames of a chunk of time are in memory together, as float32. */
const MAX_CHUNK_BYTES = 2 ** 32;
/** Chunks in space, each a file. */
const MAX_PIECES = 2 ** 16;

/**
 * Opens a plume movie: a Zarr (v2 or v3) directory with an array (t, y, x), bare or named `concentration` in a
 * group. Frames are float32 in [0, 1]: floats as they are, integers by the attributes `scale_factor` and
 * `add_offset` (CF conventions). A chunk without a file holds the fill value, as Zarr says.
 *
 * @param budgetBytes how much of the movie to keep in memory; at least one chunk of time stays
 * @throws CaptureError `input`, naming the path, for anything that is not such a movie, here and in `load`
 */
export async function openMovie(path: string, budgetBytes = DEFAULT_BUDGET): Promise<MovieFrames> {
  const refuse = (what: string, hint?: string): CaptureError =>
    new CaptureError('input', `the movie '${path}' ${what}`, { hint });
  if (!(await statMovie(path)).isDirectory()) {
    throw refuse('is a file, not a Zarr directory', 'convert it to Zarr first');
  }
  const { array, attributes } = await openMovieArray(path);
  const shape = `shape [${sizesOf(path, 'shape', array.shape).join(', ')}]`;
  if (array.shape.length !== 3) throw refuse(`has ${shape}, not three axes t, y, x`);
  const axes = JSON.stringify(array.dimensionNames ?? attributes['_ARRAY_DIMENSIONS'] ?? null);
  if (axes !== 'null' && axes !== AXES) throw refuse(`has axes ${axes}, not ${AXES}`);
  if (array.shape.includes(0)) throw refuse(`is empty: ${shape}`);
  const chunks = sizesOf(path, 'chunks', array.chunks);
  if (chunks.length !== 3 || chunks.includes(0)) throw refuse(`has chunks [${chunks.join(', ')}]`);
  if (isTooLarge(array.shape, chunks)) {
    throw refuse(
      `has ${shape} in chunks [${chunks.join(', ')}], too much to read at once`,
      `keep chunks of time below ${MAX_CHUNK_BYTES} bytes, in at most ${MAX_PIECES} pieces`,
    );
  }
  const scaling = scalingOf(path, array.dtype, attributes);
  return new MovieChunks(path, array, scaling, metadataOf(path, attributes), budgetBytes);
}

/** What the metadata states as a list of sizes, which nobody has checked yet. */
function sizesOf(path: string, what: string, stated: unknown): readonly number[] {
  const isSize = (size: unknown): size is number => Number.isSafeInteger(size) && (size as number) >= 0;
  if (Array.isArray(stated) && stated.every(isSize)) return stated;
  throw new CaptureError(
    'input',
    `the movie '${path}' states ${what} as ${JSON.stringify(stated)}, not as whole numbers`,
  );
}

/** Whether a few bytes of metadata ask for more memory, or more files, than any movie has. */
function isTooLarge(shape: readonly number[], chunks: readonly number[]): boolean {
  const [, height, width] = shape as [number, number, number];
  const [span, chunkHeight, chunkWidth] = chunks as [number, number, number];
  const values = span * Math.max(height * width, chunkHeight * chunkWidth);
  const pieces = Math.ceil(height / chunkHeight) * Math.ceil(width / chunkWidth);
  return values * Float32Array.BYTES_PER_ELEMENT > MAX_CHUNK_BYTES || pieces > MAX_PIECES;
}

async function statMovie(path: string) {
  try {
    return await stat(path);
  } catch (cause) {
    const { message, hint } = ioError(`cannot open the movie '${path}'`, cause);
    throw new CaptureError('input', message, { hint, cause });
  }
}

/**
 * SHA-256 of a movie, for the manifest: over one line a file, `<SHA-256>  <relative name>\n`, names with `/` and
 * sorted by their UTF-8 bytes. The same as, in the movie's folder,
 * `find -L . -type f -printf '%P\n' | LC_ALL=C sort | xargs -d '\n' sha256sum | sha256sum`.
 */
export async function movieDigest(path: string): Promise<string> {
  if (!(await statMovie(path)).isDirectory()) return (await hashFile(path)).sha256;
  const names = (await filesIn(path, '')).map((name) => Buffer.from(name)).sort((a, b) => a.compare(b));
  const digest = createHash('sha256');
  for (const name of names) {
    const { sha256 } = await hashFile(join(path, name.toString()));
    digest.update(`${sha256}  ${name.toString()}\n`);
  }
  return digest.digest('hex');
}

/** Relative names of all files; links are followed, as DVC may link its cache. */
async function filesIn(root: string, folder: string): Promise<string[]> {
  const names: string[] = [];
  for (const entry of await readdir(join(root, folder))) {
    const name = folder === '' ? entry : `${folder}/${entry}`;
    if ((await statMovie(join(root, name))).isDirectory()) names.push(...(await filesIn(root, name)));
    else names.push(name);
  }
  return names;
}

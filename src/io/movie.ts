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
  const shape = `shape [${array.shape.join(', ')}]`;
  if (array.shape.length !== 3) throw refuse(`has ${shape}, not three axes t, y, x`);
  const axes = JSON.stringify(array.dimensionNames ?? attributes['_ARRAY_DIMENSIONS'] ?? null);
  if (axes !== 'null' && axes !== AXES) throw refuse(`has axes ${axes}, not ${AXES}`);
  if (array.shape.includes(0)) throw refuse(`is empty: ${shape}`);
  const scaling = scalingOf(path, array.dtype, attributes);
  return new MovieChunks(path, array, scaling, metadataOf(path, attributes), budgetBytes);
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

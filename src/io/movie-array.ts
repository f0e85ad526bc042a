import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type * as zarrita from 'zarrita';
import { CaptureError } from '../core/errors.js';
import type { MovieMetadata } from '../core/ports.js';
import { guardBlosc } from './blosc.js';
import { ioError } from './io-error.js';

/** concentration = stored * factor + offset */
export interface Scaling {
  factor: number;
  offset: number;
}

export type MovieArray = zarrita.Array<zarrita.NumberDataType>;

const ARRAY_NAME = 'concentration';

/** The array `path` is or, as a group, holds as `concentration`, with the attributes of both. */
export async function openMovieArray(
  path: string,
): Promise<{ array: MovieArray; attributes: zarrita.Attributes }> {
  const zarr = await loadZarr();
  const refuse = (what: string) => (cause: unknown) => {
    if (cause instanceof CaptureError) throw cause;
    const reason = zarr.isZarritaError(cause, 'NotFoundError') ? '' : `: ${(cause as Error).message}`;
    throw new CaptureError('input', `the movie '${path}' ${what}${reason}`, { cause });
  };
  const root = zarr.root(directoryStore(path));
  const node = await zarr.open(root).catch(refuse('is not a Zarr array or group'));
  // metadata may go without attributes
  if (node.kind === 'array') return { array: numeric(path, node), attributes: { ...node.attrs } };
  const array = await zarr
    .open(root.resolve(ARRAY_NAME), { kind: 'array' })
    .catch(refuse(`has no array '${ARRAY_NAME}'`));
  return { array: numeric(path, array), attributes: { ...array.attrs, ...node.attrs } };
}

function numeric(path: string, array: zarrita.Array<zarrita.DataType>): MovieArray {
  if (array.is('number')) return array;
  throw new CaptureError('input', `the movie '${path}' holds ${array.dtype}, not numbers of up to 32 bits`);
}

/** zarrita, with Blosc chunks checked before they are decoded. */
async function loadZarr(): Promise<typeof zarrita> {
  const zarr = await import('zarrita');
  guardBlosc(zarr.registry);
  guardUnknown(zarr.registry);
  return zarr;
}

/**
 * Gives codecs that are not there a stand-in that says so: zarrita rejects a promise for each of them and looks at the
 * first alone, and a rejection that nobody looks at ends the program. Idempotent.
 */
function guardUnknown(registry: typeof zarrita.registry): void {
  if (Object.hasOwn(registry, 'get')) return;
  const get = registry.get.bind(registry);
  registry.get = (name) =>
    get(name) ??
    (() =>
      Promise.resolve({
        fromConfig() {
          throw new Error(`the codec ${JSON.stringify(name)} is not known`);
        },
      }));
}

/** They reject promises as codecs do that nobody knows, see `guardUnknown`. */
function refuseNullCodecs(root: string, metadata: Buffer): void {
  try {
    JSON.parse(metadata.toString(), (key, value: unknown) => {
      if (!key.endsWith('codecs') || !Array.isArray(value) || !value.includes(null)) return value;
      throw new CaptureError('input', `the movie '${root}' states a codec as null in zarr.json`);
    });
  } catch (error) {
    // zarrita says what else is wrong with it
    if (error instanceof CaptureError) throw error;
  }
}

/** Read side of a Zarr store in a directory. */
function directoryStore(root: string): zarrita.AsyncReadable {
  const absent = (error: NodeJS.ErrnoException): undefined => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw ioError(`cannot read the movie '${root}'`, error);
  };
  return {
    async get(key) {
      const bytes = await readFile(join(root, key)).catch(absent);
      if (bytes !== undefined && key.endsWith('zarr.json')) refuseNullCodecs(root, bytes);
      return bytes;
    },
    async getRange(key, range) {
      const file = await open(join(root, key)).catch(absent);
      if (file === undefined) return undefined;
      try {
        const fromEnd = 'suffixLength' in range;
        const length = fromEnd ? range.suffixLength : range.length;
        const start = fromEnd ? (await file.stat()).size - length : range.offset;
        const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, Math.max(0, start));
        if (start < 0 || bytesRead < length) throw new RangeError(`${key} is truncated`);
        return buffer;
      } finally {
        await file.close();
      }
    },
  };
}

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

/** How stored values become concentrations (CF conventions). */
export function scalingOf(path: string, dtype: string, attributes: zarrita.Attributes): Scaling {
  const { scale_factor: factor = dtype.startsWith('float') ? 1 : null, add_offset: offset = 0 } = attributes;
  if (isNumber(factor) && isNumber(offset)) return { factor, offset };
  throw new CaptureError('input', `the movie '${path}' holds ${dtype} without saying how to scale them`, {
    hint: "store float32 in [0, 1], or state the attribute 'scale_factor' (1/255 for 8-bit video)",
  });
}

export function metadataOf(path: string, attributes: zarrita.Attributes): MovieMetadata {
  const read = <T>(key: string, as: (value: unknown) => T | null): T | null => {
    const stated = attributes[key] ?? null;
    const value = stated === null ? null : as(stated);
    if (stated === null || value !== null) return value;
    throw new CaptureError('input', `the movie '${path}' states ${key} as ${JSON.stringify(stated)}`);
  };
  /** A single number stands for both. */
  const pair = (value: unknown): [number, number] | null => {
    const both: unknown = isNumber(value) ? [value, value] : value;
    return Array.isArray(both) && both.length === 2 && both.every(isNumber)
      ? (both as [number, number])
      : null;
  };
  return {
    fps: read('fps', (value) => (isNumber(value) && value > 0 ? value : null)),
    pixel_to_grid: read('pixel_to_grid', pair),
    origin: read('origin', pair),
    extent: read('extent', pair),
  };
}

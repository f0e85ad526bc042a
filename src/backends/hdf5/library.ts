import { fstatSync } from 'node:fs';
import { BlockCache } from './block-cache.js';
import { Hdf5Error } from './errors.js';

/** Element type of a dataset or attribute: class 0 integer, 1 float, 3 text; size in bytes. */
export interface ElementType {
  readonly type: number;
  readonly size: number;
  readonly signed: boolean;
  readonly vlen: boolean;
}

/** What a dataset or attribute is made as. Dimensions are bigints there; scalars have none. */
export interface CreateOptions extends ElementType {
  readonly shape: readonly bigint[];
  readonly maxshape: readonly bigint[] | null;
  readonly chunks?: readonly bigint[] | null;
  /** Number of the one filter, 0 for none. */
  readonly compression?: number;
  readonly compression_opts?: readonly number[];
}

/** What a dataset or attribute says it is. */
export interface Described extends ElementType {
  readonly shape: readonly number[] | null;
  readonly chunks: readonly number[] | null;
  readonly total_size: number;
  readonly virtual_sources?: unknown;
}

interface Stream {
  /** File descriptor of the process. */
  readonly nfd: number;
}
type Move = (stream: Stream, data: Uint8Array, offset: number, length: number, position?: number) => number;

/** How the library gets at files; it makes each call through these properties. */
interface FileSystem {
  open(path: string, flags: unknown, mode: unknown): Stream;
  close(stream: Stream): void;
  read: Move;
  write: Move;
  ftruncate(fd: number, length: number): void;
  getStreamChecked(fd: number): Stream;
  readonly ErrnoError: new (errno: number) => Error;
}

/** What we call of h5wasm's compiled module; objects are named by their path, an own heap holds all data. */
export interface Library {
  /** Another array whenever the heap grew: never keep it over a call. */
  readonly HEAPU8: Uint8Array<ArrayBuffer>;
  readonly FS: FileSystem;
  _malloc(bytes: number): number;
  _free(pointer: number): void;
  open(name: string, mode: number, trackOrder: boolean, low: number, high: number): bigint;
  close_file(file: bigint): number;
  create_group(file: bigint, path: string, trackOrder: boolean): number;
  create_dataset(file: bigint, path: string, data: bigint, options: CreateOptions): number;
  resize_dataset(file: bigint, path: string, shape: readonly bigint[]): number;
  set_dataset_data(
    file: bigint,
    path: string,
    count: bigint[],
    offset: bigint[],
    stride: bigint[],
    data: bigint,
  ): number;
  create_attribute(file: bigint, path: string, name: string, data: bigint, options: CreateOptions): number;
  create_vlen_str_attribute(
    file: bigint,
    path: string,
    name: string,
    texts: string[],
    options: CreateOptions,
  ): number;
  get_names(file: bigint, path: string, recursive: boolean): string[];
  get_dataset_metadata(file: bigint, path: string): Described;
  get_dataset_data(
    file: bigint,
    path: string,
    count: bigint[] | null,
    offset: bigint[] | null,
    stride: bigint[] | null,
    data: bigint,
  ): number;
  get_attribute_names(file: bigint, path: string): string[];
  get_attribute_metadata(file: bigint, path: string, name: string): Described;
  get_attribute_data(file: bigint, path: string, name: string, data: bigint): number;
}

/** Emscripten's number of EACCES. */
const EACCES = 2;
const STDERR = 2;
/** The end of what the library prints says most: the innermost cause. */
const KEPT_TEXT = 8192;

/** The call being made: calls are synchronous, so there is never more than one. */
let current: { readonly path: string; printed: string } | null = null;
let loaded: Promise<Library> | null = null;
let generation = 0;

/** The compiled library, one for the process, which costs some 100 ms and 30 MB; a fresh one after a trap. */
export function loadLibrary(): Promise<Library> {
  loaded ??= load(generation);
  return loaded;
}

/** Forgets a library whose state is unknown, after a trap: the next file gets a fresh one. */
export function forgetLibrary(): void {
  if (loaded !== null) generation++;
  loaded = null;
}

async function load(count: number): Promise<Library> {
  // another query makes another instance
  const again = `${import.meta.resolve('h5wasm/node')}?${count}`;
  const { ready } = (await (count === 0 ? import('h5wasm/node') : import(again))) as {
    ready: Promise<unknown>;
  };
  const library = (await ready) as Library;
  confine(library.FS);
  return library;
}

/**
 * While a call of ours runs, the library can open the one file it is about and nothing else, so that links, virtual
 * datasets and external storage of a stranger's file lead nowhere; and what it would print to stderr is the reason
 * of our error. The file's blocks are cached.
 */
function confine(fs: FileSystem): void {
  const open = fs.open.bind(fs);
  const close = fs.close.bind(fs);
  const read = fs.read.bind(fs);
  const write = fs.write.bind(fs);
  const truncate = fs.ftruncate.bind(fs);
  const caches = new Map<Stream, BlockCache>();
  fs.open = (path, flags, mode) => {
    if (current !== null && path !== current.path) throw new fs.ErrnoError(EACCES);
    const stream = open(path, flags, mode);
    const move = (by: Move) => (bytes: Uint8Array, offset: number, length: number, place: number) =>
      by(stream, bytes, offset, length, place);
    caches.set(stream, new BlockCache(move(read), move(write), fstatSync(stream.nfd).size));
    return stream;
  };
  fs.read = (stream, data, offset, length, position) => {
    const cache = caches.get(stream);
    if (cache === undefined || position === undefined) return read(stream, data, offset, length, position);
    return cache.read(data.subarray(offset, offset + length), length, position);
  };
  fs.write = (stream, data, offset, length, position) => {
    if (current !== null && stream.nfd === STDERR) {
      const text = Buffer.from(data.buffer, data.byteOffset + offset, length).toString('utf8');
      current.printed = (current.printed + text).slice(-KEPT_TEXT);
      return length;
    }
    const cache = caches.get(stream);
    if (cache === undefined || position === undefined) return write(stream, data, offset, length, position);
    return cache.write(data.subarray(offset, offset + length), length, position);
  };
  fs.ftruncate = (fd, length) => {
    const cache = caches.get(fs.getStreamChecked(fd));
    cache?.flush();
    cache?.resize(length);
    truncate(fd, length);
  };
  fs.close = (stream) => {
    try {
      caches.get(stream)?.flush();
    } finally {
      caches.delete(stream);
      close(stream);
    }
  };
}

/** Makes a call at a time of our choice, in milliseconds: datasets carry the time at which they were made. */
function atTime<T>(now: number, call: () => T): T {
  const clock = Date.now;
  Date.now = () => now;
  try {
    return call();
  } finally {
    Date.now = clock;
  }
}

/**
 * Makes one call that writes to the file at `path`, as if at the time `now` (milliseconds since the epoch): the same
 * records shall make the same bytes.
 * @throws Hdf5Error as `calling`
 */
export const writing = <T>(path: string, now: number, call: () => T): T =>
  calling(path, () => atTime(now, call));

/**
 * Makes one call about the file at `path`.
 * @throws Hdf5Error when the library says that something failed, which its status often does not
 */
export function calling<T>(path: string, call: () => T): T {
  const here = { path, printed: '' };
  current = here;
  try {
    const result = call();
    if (here.printed !== '') throw new Hdf5Error(reasonIn(here.printed));
    return result;
  } catch (error) {
    if (error instanceof Error && error.name === 'RuntimeError') {
      forgetLibrary();
      throw new Hdf5Error(`the HDF5 library failed on it: ${error.message}`, { cause: error });
    }
    if (error instanceof Hdf5Error || here.printed === '') throw error;
    throw new Hdf5Error(reasonIn(here.printed), { cause: error });
  } finally {
    current = null;
  }
}

/** The innermost message of a printed error stack: `  #003: file.c line 12 in H5F__x(): what failed`. */
function reasonIn(printed: string): string {
  const messages = [...printed.matchAll(/^ *#\d+: .*?\(\): (.*)$/gm)].map(([, message]) => message!);
  return messages.at(-1) ?? printed.trim().split('\n').at(-1)!;
}

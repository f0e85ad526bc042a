import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { shown } from '../../core/findings.js';
import type { ColumnSchema } from '../../core/streams.js';
import { fetch, requireElement, type Values } from './element.js';
import { ColumnError, Hdf5Error } from './errors.js';
import { calling, type Described, type Library } from './library.js';
import { Scratch } from './scratch.js';

/** Most deflate can make of a byte, and some more: a file that claims to hold more than that lies. */
const LARGEST_RATIO = 1100;
const LARGEST_CHUNK_BYTES = 1 << 26;
const LARGEST_TEXT_BYTES = 1 << 20;
/** Longest list a record may hold, as in JSON lines. */
const LARGEST_WIDTH = 65_536;
const TEXT = 3;

/** Rows of a dataset and, of lists, their width. */
export interface Extent {
  readonly rows: number;
  readonly width: number | null;
}

/** An HDF5 file of anybody's, open to read. What it says about sizes is checked before anything is read. */
export class Hdf5FileReader {
  private readonly library: Library;
  private readonly path: string;
  private readonly file: bigint;
  private readonly scratch: Scratch;
  /** Bytes that datasets may still claim. */
  private budget: number;

  /** @throws Hdf5Error when it is no HDF5 file */
  constructor(library: Library, path: string) {
    this.library = library;
    // as the library will open it
    this.path = resolve(path);
    const stats = statSync(path);
    // opening a pipe would wait for ever
    if (!stats.isFile()) throw new Hdf5Error('it is not a file');
    this.budget = LARGEST_RATIO * stats.size;
    this.file = calling(this.path, () => library.open(this.path, 0, false, -1, -1));
    if (this.file < 0n) throw new Hdf5Error('it is not an HDF5 file');
    this.scratch = new Scratch(library);
  }

  close(): void {
    try {
      this.scratch.free();
      calling(this.path, () => this.library.close_file(this.file));
    } catch {
      // what was read stands; a damaged file or a library that trapped may not close
    }
  }

  /** Names in a group, in the order in which they were put there where the file keeps it. */
  names(path: string): string[] {
    return calling(this.path, () => this.library.get_names(this.file, path, false));
  }

  /**
   * Rows and width of a column's dataset.
   * @throws ColumnError when it is of another type or form, Hdf5Error when its size cannot be true
   */
  extent(path: string, schema: ColumnSchema): Extent {
    const found = calling(this.path, () => this.library.get_dataset_metadata(this.file, path));
    requireElement(schema, found);
    const { name, type } = schema;
    const { shape, virtual_sources: virtual } = found;
    if (virtual !== undefined) throw new ColumnError(`column ${name} is a virtual dataset`);
    const rank = type === 'floats' ? 2 : 1;
    if (shape?.length !== rank)
      throw new ColumnError(`column ${name} has not ${rank} dimension${rank > 1 ? 's' : ''}`);
    const [rows, width = null] = shape as [number, number?];
    if (width !== null && width > LARGEST_WIDTH)
      throw new ColumnError(`column ${name} has lists of ${width} values`);
    this.spend(found);
    return { rows, width };
  }

  /** Reads `count` rows from row `from` on into a column, from its row `at` on. */
  read(
    path: string,
    schema: ColumnSchema,
    { rows, width }: Extent,
    from: number,
    count: number,
    column: Values,
    at: number,
  ): void {
    const values = count * (width ?? 1);
    if (values === 0) return;
    const pointer = BigInt(this.scratch.reserve(8 * values));
    const whole = from === 0 && count === rows;
    const counts = width === null ? [BigInt(count)] : [BigInt(count), BigInt(width)];
    const offsets = counts.map((_, i) => (i === 0 ? BigInt(from) : 0n));
    const strides = whole ? null : counts.map(() => 1n);
    calling(this.path, () =>
      this.library.get_dataset_data(
        this.file,
        path,
        whole ? null : counts,
        whole ? null : offsets,
        strides,
        pointer,
      ),
    );
    const target = 'width' in column ? column.values : column;
    fetch(schema, values, this.scratch, target, at * (width ?? 1));
  }

  attributeNames(path: string): string[] {
    return calling(this.path, () => this.library.get_attribute_names(this.file, path));
  }

  /** @throws ColumnError when an attribute is not one number or boolean, as its column has it */
  requireNumber(path: string, schema: ColumnSchema): void {
    const found = this.describeAttribute(path, schema.name);
    requireElement(schema, found);
    if (found.total_size !== 1) throw new ColumnError(`column ${schema.name} is not one value`);
  }

  /** Reads a number or boolean into row `at` of a column. */
  number(path: string, schema: ColumnSchema, column: Float64Array | Uint8Array, at: number): void {
    const pointer = BigInt(this.scratch.reserve(8));
    calling(this.path, () => this.library.get_attribute_data(this.file, path, schema.name, pointer));
    fetch(schema, 1, this.scratch, column, at);
  }

  /** A text of fixed length; never one of variable length (see layout.ts). */
  fixedText(path: string, name: string): string {
    const { type, vlen, size, total_size: count } = this.describeAttribute(path, name);
    if (type !== TEXT || vlen || count !== 1 || size > LARGEST_TEXT_BYTES) {
      throw new ColumnError(`attribute ${name} of ${shown(path)} is not a text of fixed length`);
    }
    const pointer = BigInt(this.scratch.reserve(size));
    calling(this.path, () => this.library.get_attribute_data(this.file, path, name, pointer));
    return Buffer.from(this.scratch.bytes(size)).toString('utf8');
  }

  private describeAttribute(path: string, name: string): Described {
    return calling(this.path, () => this.library.get_attribute_metadata(this.file, path, name));
  }

  private spend({ size, total_size: count, chunks }: Described): void {
    const chunk = (chunks ?? []).reduce((product, each) => product * each, size);
    if (chunk > LARGEST_CHUNK_BYTES) throw new Hdf5Error(`it has a dataset with chunks of ${chunk} bytes`);
    this.budget -= size * count;
    if (this.budget < 0) throw new Hdf5Error('it claims to hold more data than a file of its size can');
  }
}

import { resolve } from 'node:path';
import type { ColumnSchema } from '../../core/streams.js';
import { elementOf, fixedText, store, VLEN_TEXT, type Values } from './element.js';
import { chunksOf } from './chunks.js';
import type { DatasetLayout } from './filters.js';
import { writing, type ElementType, type Library } from './library.js';
import { Scratch } from './scratch.js';

/** H5F_ACC_EXCL: a file that is there already is an error. */
const NEW_FILE = 4;
/**
 * The oldest form of each thing in the file, or the one of HDF5 1.10, in which a small chunked dataset takes a fifth of
 * the room but a group with many attributes more time. Every reader of today knows both.
 */
const EARLIEST = 0;
const VERSION_1_10 = 2;
const UNLIMITED = 18446744073709551615n;
/** A new HDF5 file; groups keep the order in which things are put into them. */
export class Hdf5FileWriter {
  private readonly library: Library;
  private readonly path: string;
  private readonly now: number;
  private readonly layout: DatasetLayout;
  private readonly scratch: Scratch;
  private readonly file: bigint;
  private open = true;

  /** @param now the time that datasets get, in milliseconds since the epoch */
  constructor(library: Library, path: string, layout: DatasetLayout, now: number) {
    this.library = library;
    // as the library will open it
    this.path = resolve(path);
    this.now = now;
    this.layout = layout;
    this.scratch = new Scratch(library);
    const oldest = layout.chunkRows === null && layout.filter === null ? EARLIEST : VERSION_1_10;
    this.file = writing(this.path, now, () => library.open(this.path, NEW_FILE, true, oldest, VERSION_1_10));
  }

  group(path: string, ordered: boolean): void {
    writing(this.path, this.now, () => this.library.create_group(this.file, path, ordered));
  }

  /** A column as a dataset of its rows; lists are rows x width. @param more whether `extend` may add rows */
  dataset(path: string, schema: ColumnSchema, column: Values, rows: number, more: boolean): void {
    const width = 'width' in column ? column.width : null;
    const shape = shapeOf(rows, width);
    const chunks = chunksOf(this.layout, rows, width ?? 1, more);
    const options = {
      ...elementOf(schema),
      shape,
      maxshape: more ? shape.map((size, i) => (i === 0 || size === 0n ? UNLIMITED : size)) : null,
      chunks: chunks.rows === null ? null : shapeOf(chunks.rows, width === null ? null : Math.max(1, width)),
      compression: chunks.filter?.id ?? 0,
      compression_opts: chunks.filter?.parameters ?? [],
    };
    this.put(schema, column, rows, (data) => this.library.create_dataset(this.file, path, data, options));
  }

  /** Adds rows to a dataset that has `before`. */
  extend(path: string, schema: ColumnSchema, column: Values, before: number, rows: number): void {
    const width = 'width' in column ? column.width : null;
    writing(this.path, this.now, () =>
      this.library.resize_dataset(this.file, path, shapeOf(before + rows, width)),
    );
    if (width === 0) return;
    const count = shapeOf(rows, width);
    const offset = count.map((_, i) => (i === 0 ? BigInt(before) : 0n));
    const stride = count.map(() => 1n);
    this.put(schema, column, rows, (data) =>
      this.library.set_dataset_data(this.file, path, count, offset, stride, data),
    );
  }

  /** A number or boolean as an attribute. @param column holds it in row 0 */
  attribute(path: string, schema: ColumnSchema, column: Values): void {
    const options = scalar(elementOf(schema));
    this.put(schema, column, 1, (data) =>
      this.library.create_attribute(this.file, path, schema.name, data, options),
    );
  }

  /** A text as an attribute; one that holds NUL, where HDF5's texts end, is one of fixed length. */
  text(path: string, name: string, value: string): void {
    if (value.includes('\0')) return this.fixedText(path, name, value);
    const options = scalar(VLEN_TEXT);
    writing(this.path, this.now, () =>
      this.library.create_vlen_str_attribute(this.file, path, name, [value], options),
    );
  }

  /** A text that is not empty as an attribute of fixed length. */
  fixedText(path: string, name: string, value: string): void {
    const bytes = Buffer.from(value);
    const pointer = this.scratch.reserve(bytes.length);
    this.scratch.bytes(bytes.length).set(bytes);
    const options = scalar(fixedText(bytes.length));
    writing(this.path, this.now, () =>
      this.library.create_attribute(this.file, path, name, BigInt(pointer), options),
    );
  }

  /** Idempotent. */
  close(): void {
    if (!this.open) return;
    this.open = false;
    this.scratch.free();
    writing(this.path, this.now, () => this.library.close_file(this.file));
  }

  private put(schema: ColumnSchema, column: Values, rows: number, call: (data: bigint) => number): void {
    const pointer = BigInt(store(column, schema, rows, this.scratch));
    writing(this.path, this.now, () => call(pointer));
  }
}

const shapeOf = (rows: number, width: number | null): bigint[] =>
  width === null ? [BigInt(rows)] : [BigInt(rows), BigInt(width)];

const scalar = (element: ElementType): ElementType & { shape: []; maxshape: null } => ({
  ...element,
  shape: [],
  maxshape: null,
});

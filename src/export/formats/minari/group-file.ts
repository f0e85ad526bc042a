import { elementOf, store, VLEN_TEXT, type Values } from '../../../backends/hdf5/element.js';
import { calling, type CreateOptions, type Library } from '../../../backends/hdf5/library.js';
import { Scratch } from '../../../backends/hdf5/scratch.js';
import type { ColumnSchema, ColumnType } from '../../../core/streams.js';
import { BOOLEANS_TO_BE } from './booleans.js';

/** H5F_ACC_EXCL: a file that is there already is an error. */
const NEW_FILE = 4;
/** Files as HDF5 1.10 made them, whose object headers `makeBooleans` knows. */
const VERSION_1_10 = 2;
const GZIP_FILTER = 1;

const schemaOf = (type: ColumnType): ColumnSchema => ({ name: '', type, path: [''] });

/** A new HDF5 file of groups with attributes and datasets that are written at once. */
export class GroupFile {
  /** Datasets of booleans, which are none before `makeBooleans`. */
  booleans = 0;
  private readonly library: Library;
  private readonly path: string;
  private readonly level: number | null;
  private readonly scratch: Scratch;
  private readonly file: bigint;
  private open = true;

  /** @param level of gzip; null for no compression */
  constructor(library: Library, path: string, level: number | null) {
    this.library = library;
    this.path = path;
    this.level = level;
    this.scratch = new Scratch(library);
    this.file = calling(path, () => library.open(path, NEW_FILE, true, VERSION_1_10, VERSION_1_10));
  }

  group(path: string): void {
    calling(this.path, () => this.library.create_group(this.file, path, true));
  }

  attribute(group: string, name: string, type: 'int' | 'float', value: number): void {
    const options = { ...elementOf(schemaOf(type)), shape: [], maxshape: null };
    this.put(type, Float64Array.of(value), 1, (data) =>
      this.library.create_attribute(this.file, group, name, data, options),
    );
  }

  text(group: string, name: string, value: string): void {
    const options = { ...VLEN_TEXT, shape: [], maxshape: null };
    calling(this.path, () =>
      this.library.create_vlen_str_attribute(this.file, group, name, [value], options),
    );
  }

  /** Rows of a column; lists are rows x width. */
  dataset(path: string, type: Exclude<ColumnType, 'text'>, values: Values, rows: number): void {
    const shape = 'width' in values ? [BigInt(rows), BigInt(values.width)] : [BigInt(rows)];
    const compressed = this.level !== null && !shape.includes(0n);
    const options: CreateOptions = {
      ...(type === 'bool' ? BOOLEANS_TO_BE : elementOf(schemaOf(type))),
      shape,
      maxshape: null,
      chunks: compressed ? shape : null,
      compression: compressed ? GZIP_FILTER : 0,
      compression_opts: compressed ? [this.level] : [],
    };
    if (type === 'bool') this.booleans++;
    this.put(type, values, rows, (data) => this.library.create_dataset(this.file, path, data, options));
  }

  /** Idempotent. */
  close(): void {
    if (!this.open) return;
    this.open = false;
    this.scratch.free();
    calling(this.path, () => this.library.close_file(this.file));
  }

  private put(type: ColumnType, values: Values, rows: number, call: (data: bigint) => number): void {
    store(values, schemaOf(type), rows, this.scratch);
    const pointer = BigInt(this.scratch.reserve(8));
    calling(this.path, () => call(pointer));
  }
}

import { z } from 'zod';
import { float, freeMap, int } from '../core/config-types.js';

export const CODECS = ['snappy', 'gzip', 'lz4', 'brotli', 'zstd', 'none'] as const;
export type Codec = (typeof CODECS)[number];

const jsonl = z.strictObject({
  level: int({ min: 0, max: 9 })
    .default(3)
    .describe('zlib level of JSON lines: 0 stores, 1 is fastest, 9 smallest.'),
});

/** Seconds of a Parquet part file, unless something is said. */
export const PART_SECONDS = 30;

const parquet = z.strictObject({
  compression: z
    .enum(CODECS)
    .default('snappy')
    .describe('Compression of Parquet files (PLUME_PARQUET_COMPRESSION).'),
  part_seconds: float({ min: 0, exclusive: true })
    .default(PART_SECONDS)
    .describe('A recording in Parquet closes a part file at least so often, in seconds (under clock: wall).'),
});

const hdf5 = z.strictObject({
  compression: z
    .enum(['gzip', 'lzf', 'szip'])
    .nullable()
    .default(null)
    .describe(
      'Filter of HDF5 datasets (PLUME_HDF5_COMPRESSION): gzip or null; the library cannot do lzf and szip.',
    ),
  compression_opts: int({ min: 0, max: 9 })
    .nullable()
    .default(null)
    .describe('Level of gzip in HDF5 files, 4 when it is null.'),
  chunk_size: int({ min: 1, max: 1_000_000 })
    .nullable()
    .default(null)
    .describe('Rows of a chunk of an HDF5 dataset; null keeps a column of an episode in one piece.'),
  shuffle: z
    .boolean()
    .default(false)
    .describe('Whether the bytes of HDF5 datasets are shuffled, in place of compression.'),
  fletcher32: z
    .boolean()
    .default(false)
    .describe('Whether HDF5 datasets carry checksums, in place of compression.'),
});

const sqlite = z.strictObject({
  batch_size: int({ min: 1, max: 1_000_000 })
    .default(10_000)
    .describe('Most rows of one SQLite transaction.'),
  transaction_mode: z
    .enum(['deferred', 'immediate', 'exclusive'])
    .default('immediate')
    .describe('How SQLite transactions begin.'),
  journal_mode: z
    .enum(['WAL', 'DELETE', 'TRUNCATE', 'MEMORY'])
    .default('WAL')
    .describe('Journal of the SQLite file while it is written.'),
  synchronous: z
    .enum(['OFF', 'NORMAL', 'FULL', 'EXTRA'])
    .default('NORMAL')
    .describe('When SQLite waits for the disk.'),
  cache_size: int({ min: 0, max: 1_000_000 }).default(2000).describe('Page cache of SQLite, in pages.'),
  connection_timeout: float({ min: 0 })
    .default(30)
    .describe('Seconds SQLite waits for a lock another process holds.'),
});

/** What a process that is killed, or a machine that loses power, may take of a run; the first is usual. */
export const DURABILITIES = ['flush', 'none', 'fsync'] as const;
export type Durability = (typeof DURABILITIES)[number];

/** `record.storage` of a config: a section a format; what a section leaves out has its default. */
export const storageSchema = z.strictObject({
  compression: jsonl.optional(),
  parquet: parquet.optional(),
  hdf5: hdf5.optional(),
  sqlite: sqlite.optional(),
  options: freeMap().optional().describe('Of a backend of your own: handed to it as it stands.'),
});

export type JsonlOptions = z.output<typeof jsonl>;
export type ParquetOptions = z.output<typeof parquet>;
export type Hdf5Options = z.output<typeof hdf5>;
export type SqliteOptions = z.output<typeof sqlite>;

/** How files are written, every format's options with their defaults. */
export interface StorageOptions {
  jsonl: JsonlOptions;
  parquet: ParquetOptions;
  hdf5: Hdf5Options;
  sqlite: SqliteOptions;
  /** Of a backend of one's own. */
  options: Readonly<Record<string, unknown>>;
  /** Start a new JSONL part when this one has so many compressed bytes; null never. */
  rotateBytes: number | null;
  /** Whether files may depend on how long things take (not under `clock: sim`). */
  timed: boolean;
  /** With `fsync`, what is flushed is on the disk itself and not only with the system. */
  durability: Durability;
}

/** Storage options of a config; without one, the defaults. */
export function storageOptions(
  config: z.output<typeof storageSchema> = {},
  {
    rotateBytes = null,
    timed = false,
    durability = 'flush',
  }: Partial<Pick<StorageOptions, 'rotateBytes' | 'timed' | 'durability'>> = {},
): StorageOptions {
  return {
    jsonl: config.compression ?? jsonl.parse({}),
    parquet: config.parquet ?? parquet.parse({}),
    hdf5: config.hdf5 ?? hdf5.parse({}),
    sqlite: config.sqlite ?? sqlite.parse({}),
    options: config.options ?? {},
    rotateBytes,
    timed,
    durability,
  };
}

import type { StreamReader, StreamWriter } from '../core/ports.js';
import type { StreamSchema } from '../core/streams.js';

export const CODECS = ['snappy', 'gzip', 'lz4', 'brotli', 'zstd', 'none'] as const;
export type Codec = (typeof CODECS)[number];

export interface WriterOptions {
  /** Run directory the files go to. */
  directory: string;
  stream: StreamSchema;
  /** zlib level 0 to 9, where the format has one. */
  level: number;
  /** Compression of column chunks, in formats of columns; snappy by default. */
  codec?: Codec;
  /** Start a new file when this one has so many compressed bytes; null never. */
  rotateBytes: number | null;
  /** Told to the format where it can keep it: schema_version, config_hash, experiment, run_id. */
  metadata: Readonly<Record<string, string>>;
}

/** How streams lie on disk: a write side and a read side. */
export interface Backend {
  readonly name: string;
  openWriter(options: WriterOptions): Promise<StreamWriter>;
  /** @param names file names of the run directory */
  openReader(directory: string, names: readonly string[]): StreamReader;
  /** Whether the directory holds streams in this format. */
  has(names: readonly string[]): boolean;
}

import { parquetParts } from '../../core/layout.js';
import type { Backend } from '../backend.js';
import { openParquetReader } from './read.js';
import { openParquetWriter } from './write.js';

/** Flat columns for analysis; beside JSONL it is derived from it. */
export const parquet: Backend = {
  name: 'parquet',
  continuesFrom: 'parquet',
  has: (names) => parquetParts('steps', names).length > 0,
  openWriter: (options) => openParquetWriter(options),
  openReader: openParquetReader,
};

import { parquetName } from '../../core/layout.js';
import type { Backend } from '../backend.js';
import { openParquetReader } from './read.js';
import { openParquetWriter } from './write.js';

/** Flat columns for analysis; beside JSONL it is derived from it. */
export const parquet: Backend = {
  name: 'parquet',
  has: (names) => names.includes(parquetName('steps')),
  openWriter: openParquetWriter,
  openReader: openParquetReader,
};

import type { ColumnSchema } from '../core/streams.js';
import { STEPS } from '../core/streams.js';
import type { RecordConfig } from './config.js';

const BYTES: Readonly<Record<ColumnSchema['type'], number>> = {
  int: 8,
  float: 8,
  floats: 8,
  bool: 1,
  text: 4,
};

/**
 * Steps that are collected before they are written together: what `max_records` says, or fewer when so many would
 * take more than `max_memory_mb`.
 * @param observationWidth values in an observation
 */
export function bufferRows({ performance }: RecordConfig, observationWidth: number): number {
  const { max_records: records, max_memory_mb: megabytes } = performance.buffer;
  const rowBytes = STEPS.columns
    .map(({ type }) => BYTES[type] * (type === 'floats' ? observationWidth : 1))
    .reduce((sum, bytes) => sum + bytes, 0);
  return Math.max(1, Math.min(records, Math.floor((megabytes * 1e6) / rowBytes)));
}

import { STEPS, type ColumnSchema, type StreamSchema } from '../core/streams.js';
import type { RecordConfig } from './config.js';

const BYTES: Readonly<Record<ColumnSchema['type'], number>> = {
  int: 8,
  float: 8,
  floats: 8,
  bool: 1,
  text: 4,
};

/** Bytes of a row's columns in memory. @param observationWidth values in an observation */
export function stepBytes({ columns }: StreamSchema, observationWidth: number): number {
  return columns
    .map(({ type }) => BYTES[type] * (type === 'floats' ? observationWidth : 1))
    .reduce((sum, bytes) => sum + bytes, 0);
}

/** Milliseconds after which records are flushed, however few they are; infinite when only their number counts. */
export const flushIntervalMs = ({ durability, performance }: RecordConfig): number =>
  durability === 'none' ? Infinity : performance.buffer.flush_interval_seconds * 1000;

/**
 * Steps that are collected before they are written together: what `max_records` says, or fewer when so many would
 * take more than `max_memory_mb`.
 * @param observationWidth values in an observation
 */
export function bufferRows({ performance }: RecordConfig, observationWidth: number): number {
  const { max_records: records, max_memory_mb: megabytes } = performance.buffer;
  return Math.max(1, Math.min(records, Math.floor((megabytes * 1e6) / stepBytes(STEPS, observationWidth))));
}

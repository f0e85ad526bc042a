import { z } from 'zod';
import { CODECS } from '../backends/backend.js';
import { float, int } from '../core/config-types.js';

/** Config fragment `record.*`: how a run is written. */
export const recordSchema = z.strictObject({
  backend: z.enum(['jsonl']).default('jsonl').describe('Format the records are written in.'),
  storage: z
    .strictObject({
      compression: z
        .strictObject({
          level: int({ min: 0, max: 9 })
            .default(3)
            .describe('zlib level: 0 stores, 1 is fastest, 9 smallest.'),
        })
        .prefault({}),
      parquet: z
        .strictObject({
          compression: z
            .enum(CODECS)
            .default('snappy')
            .describe('Compression of Parquet files (PLUME_PARQUET_COMPRESSION).'),
        })
        .prefault({}),
      hdf5: z
        .strictObject({
          compression: z
            .null({ error: 'expected null: this version writes no HDF5' })
            .default(null)
            .describe(
              'Compression of HDF5 files, which this version does not write (PLUME_HDF5_COMPRESSION).',
            ),
        })
        .prefault({}),
    })
    .prefault({}),
  performance: z
    .strictObject({
      buffer: z
        .strictObject({
          max_records: int({ min: 1, max: 1_000_000 })
            .default(4096)
            .describe('Steps collected before they are written together (PLUME_BUFFER_SIZE).'),
          max_memory_mb: float({ min: 0, exclusive: true })
            .default(100)
            .describe(
              'Memory for these steps in megabytes; fewer are collected when they do not fit (PLUME_BUFFER_MEMORY_MB).',
            ),
          flush_interval_seconds: float({ min: 0, exclusive: true })
            .default(5)
            .describe('Records are on disk after at most so many seconds (under clock: wall).'),
        })
        .prefault({}),
      async_io: z
        .strictObject({
          enabled: z
            .literal(false, { error: 'expected false: this version writes on the thread that simulates' })
            .default(false)
            .describe('Whether threads of their own write; this version has none (PLUME_ASYNC_IO).'),
          worker_threads: int({ min: 1 })
            .refine((threads) => threads === 1, {
              error: 'expected 1: this version simulates and writes on one thread',
            })
            .default(1)
            .describe('Threads that simulate and write (PLUME_IO_WORKERS).'),
        })
        .prefault({}),
    })
    .prefault({}),
});

export type RecordConfig = z.infer<typeof recordSchema>;

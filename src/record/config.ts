import { z } from 'zod';
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
    })
    .prefault({}),
  performance: z
    .strictObject({
      buffer: z
        .strictObject({
          flush_interval_seconds: float({ min: 0, exclusive: true })
            .default(5)
            .describe('Records are on disk after at most so many seconds (under clock: wall).'),
        })
        .prefault({}),
    })
    .prefault({}),
});

export type RecordConfig = z.infer<typeof recordSchema>;

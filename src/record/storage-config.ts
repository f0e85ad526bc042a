import { z } from 'zod';
import { float, int } from '../core/config-types.js';

/** Config fragment `storage.*`: the room that results take, watched while runs are captured. */
export const storageWatchSchema = z.strictObject({
  stats_interval: int({ min: 1 })
    .default(100)
    .describe('Episodes after which storage is looked at, and told in a line on stderr.'),
  disk_free_threshold: float({ min: 0, max: 1 })
    .default(0.2)
    .describe('Share of the disk below which free space is low, which is warned of; 0 for never.'),
  max_gb: float({ min: 0, exclusive: true })
    .nullable()
    .default(300)
    .describe('Gigabytes (10^9 bytes) above which results are large, which is warned of; null for never.'),
  stop_below_free: float({ min: 0, max: 1, exclusive: true })
    .nullable()
    .default(null)
    .describe(
      'Share of the disk below which free space ends a capture in order: status aborted, exit code 5; null for never.',
    ),
});

export type StorageWatchConfig = z.output<typeof storageWatchSchema>;

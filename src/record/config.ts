import { z } from 'zod';
import { DURABILITIES, storageSchema } from '../backends/storage.js';
import { float, int } from '../core/config-types.js';
import { suggest } from '../core/nearest.js';
import { EXTRA_COLUMN_NAMES, FULL_RECORDING, type ExtraColumn, type Recording } from '../core/streams.js';
import { checkRecord } from './config-rules.js';

const recording = z.strictObject({
  full: z
    .boolean()
    .default(true)
    .describe('Whether steps are recorded; without them a run holds one record an episode.'),
  step_interval: int({ min: 1 })
    .default(1)
    .describe('Of an episode the steps 1, 1 + k, 1 + 2k, … and the last are recorded.'),
  include_observations: z
    .boolean()
    .default(true)
    .describe('Whether observation_summary is recorded, or null.'),
  include_actions: z.boolean().default(true).describe('Whether action is recorded, or null.'),
  include_rewards: z.boolean().default(true).describe('Whether the reward of a step is recorded, or null.'),
});

const columns = z
  .array(
    z.enum(EXTRA_COLUMN_NAMES as [ExtraColumn, ...ExtraColumn[]], {
      error: ({ input }) =>
        typeof input === 'string'
          ? `unknown column '${input}', ${suggest(input, EXTRA_COLUMN_NAMES)}`
          : `expected the name of a column, valid: ${EXTRA_COLUMN_NAMES.join(', ')}`,
    }),
  )
  .default([])
  .describe('Extra columns of a step: orientation, velocity, concentration, gradient, wind, agent_id.');

/** What holds unless something is said. */
export const FLUSH_SECONDS = 1;
export const QUEUE_SIZE = 64;

const performance = z.strictObject({
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
        .default(FLUSH_SECONDS)
        .describe('Records are on disk after at most so many seconds (under clock: wall).'),
    })
    .prefault({}),
  async_io: z
    .strictObject({
      enabled: z
        .boolean()
        .default(true)
        .describe('Whether threads simulate and encode while another writes (PLUME_ASYNC_IO).'),
      worker_threads: int({ min: 1, max: 1024 })
        .nullable()
        .default(null)
        .describe('Another name for workers (PLUME_IO_WORKERS).'),
      queue_size: int({ min: 1, max: 100_000 })
        .default(QUEUE_SIZE)
        .describe('Batches that may wait to be written; then the simulation waits.'),
    })
    .prefault({}),
});

/** Config fragment `record.*`: what of a run is written, and how. */
export const recordSchema = z
  .strictObject({
    backend: z
      .string()
      .min(1)
      .default('jsonl')
      .describe('Format the records are written in, or a module of your own: ./my-backend.js.'),
    fallback: z
      .array(z.string().min(1))
      .default([])
      .describe('Backends to record in, in order, when a module that the backend needs is not installed.'),
    columns,
    durability: z
      .enum(DURABILITIES)
      .default('flush')
      .describe(
        'What may be lost: to a killed process the last flush interval (flush), to a power loss that too (fsync), or what is not written yet (none).',
      ),
    recording: recording.prefault({}),
    storage: storageSchema.prefault({}),
    performance: performance.prefault({}),
    debug: z
      .strictObject({
        enabled: z
          .boolean()
          .default(false)
          .describe('Whether record=none says what it was given: rows and batches.'),
        count_calls: z.boolean().default(false).describe('Whether record=none says how often it was called.'),
      })
      .optional(),
  })
  .superRefine(checkRecord);

export type RecordConfig = z.infer<typeof recordSchema>;

/** What of a run is recorded under a configuration. */
export function recordingOfConfig({ columns: names, recording: kept }: RecordConfig): Recording {
  const omitted = [
    ...(kept.include_actions ? [] : (['action'] as const)),
    ...(kept.include_rewards ? [] : (['reward'] as const)),
    ...(kept.include_observations ? [] : (['observation_summary'] as const)),
  ];
  // in the order in which they stand, whatever the one they are asked for in
  const extra = EXTRA_COLUMN_NAMES.filter((name) => names.includes(name));
  const recorded = { full: kept.full, step_interval: kept.step_interval, omitted, columns: extra };
  const isFull = kept.full && kept.step_interval === 1 && omitted.length === 0 && names.length === 0;
  return isFull ? FULL_RECORDING : recorded;
}

import { z } from 'zod';
import { float, int } from '../core/config-types.js';
import { isSafeComponent, runIdEpochMs } from '../core/ids.js';
import { PART_SECONDS } from '../backends/storage.js';
import { hasRules, qcSchema } from '../qc/config.js';
import { FLUSH_SECONDS, QUEUE_SIZE, recordSchema } from '../record/config.js';
import { storageWatchSchema, type StorageWatchConfig } from '../record/storage-config.js';
import { envSchema, movieSchema, policySchema } from '../sim/config.js';

const SAFE_NAME = '1 to 128 of A-Z a-z 0-9 . _ -, not starting with a dot or dash';

const safeName = () => z.string().refine(isSafeComponent, { error: `expected ${SAFE_NAME}` });

/** Every key of a configuration: the top level here, the rest from the part it configures. */
const keys = z.strictObject({
  output: z.string().min(1).default('results').describe('Directory under which runs are written.'),
  experiment: safeName()
    .default('demo')
    .describe(`Name of the experiment, a directory under output: ${SAFE_NAME}.`),
  episodes: int({ min: 1, max: 10_000_000 }).default(2).describe('Number of episodes.'),
  seed: int({ min: 0 }).default(123).describe('Seed of the first episode; episode i (from 0) has seed + i.'),
  workers: int({ min: 1, max: 1024 })
    .nullable()
    .default(null)
    .describe('Threads that simulate and encode episodes; null for as many as there are cores.'),
  rotate_size: int({ min: 1 })
    .nullable()
    .default(null)
    .describe('Compressed bytes after which a JSONL file is continued in a new part; null for one file.'),
  parquet: z.boolean().default(false).describe('Whether Parquet files are written beside the records.'),
  clock: z
    .enum(['wall', 'sim'])
    .default('wall')
    .describe("The machine's clock, or a simulated one that starts at run_id, for byte-identical files."),
  fps: float({ min: 0.001, max: 1e9 }).default(1).describe('Steps per second of clock: sim.'),
  run_id: safeName()
    .nullable()
    .default(null)
    .describe('Name of the run directory; null for run-YYYYMMDD-HHMMSS in UTC.'),
  env: envSchema.prefault({}).describe('The environment.'),
  movie: movieSchema.prefault({}).describe('The movie that env/plume=movie shows.'),
  policy: policySchema.describe('The policy that acts; its keys depend on its name.'),
  record: recordSchema.prefault({}).describe('How a run is written.'),
  storage: storageWatchSchema.prefault({}).describe('The room that results take.'),
  qc: qcSchema.prefault({}).describe('Which episodes are rejected, and what becomes of their steps.'),
  vars: z.unknown().optional().describe('Free: values of your own, to refer to with ${vars.name}.'),
});

/** The configuration of a capture, checked. */
export const configSchema = keys.superRefine((config, context) => {
  // Values that are refused already are not compared.
  if (context.issues.length > 0) return;
  const lastSeed = Number.MAX_SAFE_INTEGER - config.episodes;
  if (config.seed > lastSeed) {
    const message = `expected an integer <= ${lastSeed} (2^53 - 1 - episodes)`;
    context.addIssue({ code: 'custom', path: ['seed'], message, input: config.seed });
  }
  const { worker_threads: threads, enabled } = config.record.performance.async_io;
  if (config.workers !== null && threads !== null && threads !== config.workers) {
    const message = `expected null or ${config.workers}: workers, of which it is another name, is ${config.workers}`;
    const path = ['record', 'performance', 'async_io', 'worker_threads'];
    context.addIssue({ code: 'custom', path, message, input: threads });
  }
  if (!enabled && (config.workers ?? threads ?? 1) > 1) {
    const message = 'expected true, since more than one worker is asked for';
    const path = ['record', 'performance', 'async_io', 'enabled'];
    context.addIssue({ code: 'custom', path, message, input: enabled });
  }
  const { queue_size: queue } = config.record.performance.async_io;
  if (queue !== QUEUE_SIZE && (!enabled || (config.workers ?? threads) === 1)) {
    const message = 'applies to more than one worker, and there is one, which writes what it makes';
    const path = ['record', 'performance', 'async_io', 'queue_size'];
    context.addIssue({ code: 'custom', path, message, input: queue });
  }
  const { flush_interval_seconds: flushSeconds } = config.record.performance.buffer;
  if (config.clock === 'sim' && flushSeconds !== FLUSH_SECONDS) {
    const message = 'applies to clock=wall only; with clock=sim the content alone decides';
    const path = ['record', 'performance', 'buffer', 'flush_interval_seconds'];
    context.addIssue({ code: 'custom', path, message, input: flushSeconds });
  }
  const { backend, storage, durability } = config.record;
  if (config.clock === 'sim' && durability !== 'flush') {
    const message = 'applies to clock=wall only; with clock=sim the content alone decides';
    context.addIssue({ code: 'custom', path: ['record', 'durability'], message, input: durability });
  }
  const { qc } = config;
  const refuseQc = (key: keyof typeof qc, message: string): void =>
    context.addIssue({ code: 'custom', path: ['qc', key], message, input: qc[key] });
  if (backend === 'none' && hasRules(qc)) {
    context.addIssue({
      code: 'custom',
      path: ['qc'],
      message: 'expected no rules: they apply to runs that are recorded, and the backend is none',
      input: qc,
    });
  }
  if (qc.finite_observations && !config.record.recording.include_observations) {
    refuseQc('finite_observations', 'expected false, since record.recording.include_observations is false');
  }
  if (qc.on_reject === 'sample' && !config.record.recording.full) {
    refuseQc('on_reject', 'expected mark, since record.recording.full: false records no steps');
  }
  const partSeconds = storage.parquet?.part_seconds ?? PART_SECONDS;
  if (config.clock === 'sim' && backend === 'parquet' && partSeconds !== PART_SECONDS) {
    const message = 'applies to clock=wall only; with clock=sim there is one part';
    const path = ['record', 'storage', 'parquet', 'part_seconds'];
    context.addIssue({ code: 'custom', path, message, input: partSeconds });
  }
  if (config.rotate_size !== null && config.record.backend !== 'jsonl') {
    const message = `expected null: only record=jsonl continues in parts, and the backend is ${config.record.backend}`;
    context.addIssue({ code: 'custom', path: ['rotate_size'], message, input: config.rotate_size });
  }
  if (config.parquet && ['parquet', 'none'].includes(config.record.backend)) {
    const message = `expected false, since record=${config.record.backend}`;
    context.addIssue({ code: 'custom', path: ['parquet'], message, input: config.parquet });
  }
  const watched = Object.entries(storageWatchSchema.parse({}));
  for (const [key, value] of backend === 'none' ? watched : []) {
    const given = config.storage[key as keyof StorageWatchConfig];
    if (given === value) continue;
    const message = 'applies to runs that are recorded, and the backend is none';
    context.addIssue({ code: 'custom', path: ['storage', key], message, input: given });
  }
  if (config.record.columns.includes('wind') && !config.env.wind.enabled) {
    const message = 'expected true, since record.columns has wind';
    context.addIssue({ code: 'custom', path: ['env', 'wind', 'enabled'], message, input: false });
  }
  if (config.clock === 'sim' && config.run_id !== null && runIdEpochMs(config.run_id) === null) {
    const message = 'expected run-YYYYMMDD-HHMMSS, the start of clock: sim';
    context.addIssue({ code: 'custom', path: ['run_id'], message, input: config.run_id });
  }
});

export type CaptureConfig = z.output<typeof configSchema>;

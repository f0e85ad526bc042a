import { z } from 'zod';
import type { Backend, WriterOptions } from '../backends/backend.js';
import { backends } from '../backends/index.js';
import { MissingModuleError } from '../backends/missing-module.js';
import { storageOptions, storageSchema } from '../backends/storage.js';
import { canonicalJson, type JsonMap } from '../core/canonical-json.js';
import { recordingOf } from '../core/recording.js';
import { streamsOf } from '../core/streams.js';
import type { RunDirectory } from '../io/run-directory.js';

/** What a run's configuration says of its files; another program's says less. */
const configSchema = z.object({
  clock: z.enum(['wall', 'sim']).catch('wall').default('wall'),
  rotate_size: z.int().min(1).nullable().catch(null).default(null),
  parquet: z.boolean().catch(false).default(false),
  record: z
    .object({
      backend: z.string().catch('jsonl').default('jsonl'),
      storage: storageSchema.catch({}).default({}),
    })
    .catch({ backend: 'jsonl', storage: {} })
    .default({ backend: 'jsonl', storage: {} }),
});

/** How the files of a run are to be written again. */
export interface Target {
  backend: Backend;
  /** Parquet files beside them; null when there are none. */
  copy: Backend | null;
  options: Omit<WriterOptions, 'directory'>;
  /** Whether durations are null. */
  timeless: boolean;
}

/** In the format the run lies in, or that a journal of JSON lines was to become, with the options it was begun with. */
export async function targetOf({ run, runJson }: RunDirectory, found: Backend): Promise<Target> {
  const config = run.extra?.['config'] ?? {};
  const {
    clock,
    rotate_size: rotateBytes,
    parquet,
    record,
  } = configSchema.catch(configSchema.parse({})).parse(config);
  const storage = storageOptions(record.storage, { rotateBytes, timed: false, durability: 'fsync' });
  const { run_id, experiment, schema_version, config_hash, start_time } = run;
  const kept = ((runJson['extra'] ?? {}) as JsonMap)['config'];
  const line = kept === undefined ? null : canonicalJson(kept);
  return {
    backend: found.name === 'jsonl' && record.backend === 'hdf5' ? await hdf5OrElse(found, storage) : found,
    copy: parquet && found.name !== 'parquet' ? await backends.get('parquet')() : null,
    options: {
      streams: streamsOf(recordingOf(run)),
      storage,
      run: { run_id, experiment, schema_version, config_hash, start_time, config: line },
    },
    timeless: clock === 'sim',
  };
}

async function hdf5OrElse(found: Backend, storage: WriterOptions['storage']): Promise<Backend> {
  try {
    const hdf5 = await backends.get('hdf5')();
    await hdf5.check?.(storage);
    return hdf5;
  } catch (error) {
    if (error instanceof MissingModuleError) return found;
    throw error;
  }
}

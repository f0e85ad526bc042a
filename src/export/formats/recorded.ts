import { backends } from '../../backends/index.js';
import type { RunFacts } from '../../backends/backend.js';
import { CODECS, storageOptions, storageSchema, type StorageOptions } from '../../backends/storage.js';
import { compactJson, type JsonMap, type JsonValue } from '../../core/canonical-json.js';
import { parseStreamFile } from '../../core/layout.js';
import type { WrittenFile } from '../../core/ports.js';
import { GZIP_LEVELS, type Compression } from '../compression.js';
import type { ExportSource } from '../source.js';
import { selectionJson } from '../selection.js';
import { interleaved } from '../walk.js';
import type { ExportFormat, ExportJob, MadeFile } from './format.js';

type Storage = Parameters<typeof storageSchema.parse>[0];

/** A format in which runs are recorded, too: its backend writes what another's has read. */
function recorded(
  name: string,
  facts: Pick<ExportFormat, 'target' | 'compressions' | 'needs'> & {
    usual: string;
    storage: (compression: Compression) => Storage;
  },
): ExportFormat {
  const { usual, storage, ...rest } = facts;
  return {
    name,
    ...rest,
    usualCompression: () => usual,
    write: (job) => write(name, storageOptions(storageSchema.parse(storage(job.compression))), job),
  };
}

async function write(
  name: string,
  storage: StorageOptions,
  { source, folder }: ExportJob,
): Promise<MadeFile[]> {
  const backend = await backends.get(name)();
  const { streams } = source;
  const writer = await backend.openWriter({ directory: folder, streams, storage, run: runFacts(source) });
  try {
    for await (const batch of interleaved(source)) await writer.write(batch);
    return (await writer.close()).map(madeFile);
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

const madeFile = (file: WrittenFile): MadeFile => ({
  ...file,
  stream: parseStreamFile(file.path)?.stream ?? null,
});

function runFacts(source: ExportSource): RunFacts {
  const { run, runJson } = source.directory;
  const { run_id, experiment, schema_version, config_hash, start_time } = run;
  const config: JsonValue = (runJson['extra'] as JsonMap | null | undefined)?.['config'] ?? null;
  const selection = selectionJson(source);
  return {
    run_id,
    experiment,
    schema_version,
    config_hash,
    start_time,
    config: config === null ? null : compactJson(config),
    ...(selection === null ? {} : { selection: compactJson(selection) }),
  };
}

/** Keys of the groups and tables in which one file keeps a whole run. */
const RUN_KEYS = ['schema_version', 'run_id', 'episode_id', 'step'] as const;

export const recordedFormats = {
  jsonl: recorded('jsonl', {
    target: 'streams',
    compressions: { gzip: GZIP_LEVELS },
    usual: 'gzip',
    needs: [],
    storage: ({ level }) => (level === null ? {} : { compression: { level: BigInt(level) } }),
  }),
  parquet: recorded('parquet', {
    target: 'streams',
    compressions: Object.fromEntries(CODECS.map((codec) => [codec, null])),
    usual: 'snappy',
    needs: [],
    storage: ({ name }) => (name === null ? {} : { parquet: { compression: name } }),
  }),
  hdf5: recorded('hdf5', {
    target: 'file',
    compressions: { gzip: GZIP_LEVELS, szip: null, none: null },
    usual: 'none',
    needs: RUN_KEYS,
    storage: ({ name, level }) => ({
      hdf5: {
        ...(name === null ? {} : { compression: name === 'none' ? null : name }),
        ...(level === null ? {} : { compression_opts: BigInt(level) }),
      },
    }),
  }),
  sqlite: recorded('sqlite', {
    target: 'file',
    compressions: {},
    usual: 'none',
    needs: RUN_KEYS,
    storage: () => ({}),
  }),
} as const;

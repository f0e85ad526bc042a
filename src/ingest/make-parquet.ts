import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { backends } from '../backends/index.js';
import type { OpenRecords } from '../backends/open-records.js';
import { storageOptions } from '../backends/storage.js';
import { parquetName, type StreamName } from '../core/layout.js';
import type { WrittenFile } from '../core/ports.js';
import type { RunMetadata } from '../core/records.js';
import { ioError } from '../io/io-error.js';
import { requireStillValid } from './still-valid.js';

/** A writer makes the files of both streams, and a run may have one of them: so they are made aside. */
const ASIDE = '.parquet';

/** Writes streams of a run as Parquet into a folder, a file each. */
export async function makeParquet(
  records: OpenRecords,
  wanted: readonly StreamName[],
  run: RunMetadata,
  directory: string,
): Promise<WrittenFile[]> {
  if (wanted.length === 0) return [];
  const aside = join(directory, ASIDE);
  const names = wanted.map(parquetName);
  await mkdir(aside).catch((error: unknown) => {
    throw ioError(`cannot make directory ${aside}`, error);
  });
  const made = await writeRun(records, wanted, run, aside);
  try {
    for (const name of names) await rename(join(aside, name), join(directory, name));
    await rm(aside, { recursive: true });
  } catch (error) {
    throw ioError(`cannot put the files of ${aside} in place`, error);
  }
  return made.filter(({ path }) => names.includes(path));
}

async function writeRun(
  { reader, streams }: OpenRecords,
  wanted: readonly StreamName[],
  { schema_version, config_hash, experiment, run_id, start_time }: RunMetadata,
  directory: string,
): Promise<WrittenFile[]> {
  const backend = await backends.get('parquet')();
  const facts = { schema_version, config_hash, experiment, run_id, start_time, config: null };
  const writer = await backend.openWriter({ directory, streams, storage: storageOptions(), run: facts });
  try {
    for (const stream of wanted) {
      for await (const { batch } of reader.batches(stream, requireStillValid)) await writer.write(batch);
    }
    return await writer.close();
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

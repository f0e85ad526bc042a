import { backends } from '../backends/index.js';
import type { StreamName } from '../core/layout.js';
import type { StreamReader, WrittenFile } from '../core/ports.js';
import type { RunMetadata } from '../core/records.js';
import { STREAMS } from '../core/streams.js';
import { requireStillValid } from './still-valid.js';

/** Writes one stream of a run as Parquet into a folder, a batch at a time. */
export async function makeParquet(
  reader: StreamReader,
  stream: StreamName,
  run: RunMetadata,
  directory: string,
): Promise<WrittenFile[]> {
  const backend = await backends.get('parquet')();
  const metadata: Record<string, string> = {
    schema_version: run.schema_version,
    experiment: run.experiment,
    run_id: run.run_id,
  };
  if (run.config_hash !== null) metadata['config_hash'] = run.config_hash;
  const writer = await backend.openWriter({
    directory,
    stream: STREAMS[stream],
    level: 0,
    rotateBytes: null,
    metadata,
  });
  try {
    for await (const { batch } of reader.batches(stream, requireStillValid)) {
      if (batch.rows > 0) await writer.write(batch);
    }
    return await writer.close();
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

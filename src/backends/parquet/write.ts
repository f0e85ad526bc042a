import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { RecordBatch } from 'parquet-wasm';
import { createBatch, type Batch } from '../../core/batch.js';
import { canonicalJson } from '../../core/canonical-json.js';
import { parquetName } from '../../core/layout.js';
import type { StreamWriter, WrittenFile } from '../../core/ports.js';
import { ioError } from '../../io/io-error.js';
import type { Codec, WriterOptions } from '../backend.js';
import { arrowTable } from './arrow.js';

const ROW_GROUP_ROWS = 1 << 16;
/** Key of the file's metadata: a JSON object with schema_version, config_hash, experiment and run_id. */
const METADATA_KEY = 'plume_nav_capture';

const CODEC_NAMES = {
  snappy: 'SNAPPY',
  gzip: 'GZIP',
  // what every reader means by LZ4 today; the codec of that name is of Hadoop's own framing
  lz4: 'LZ4_RAW',
  brotli: 'BROTLI',
  zstd: 'ZSTD',
  none: 'UNCOMPRESSED',
} as const satisfies Record<Codec, string>;

/** One stream as one Parquet file, written as a stream of row groups: memory holds one of them. */
export async function openParquetWriter(options: WriterOptions): Promise<StreamWriter> {
  const [arrow, parquet] = await Promise.all([import('apache-arrow'), import('parquet-wasm')]);
  const { directory, stream, metadata, codec = 'snappy' } = options;
  const name = parquetName(stream.name);
  const path = join(directory, name);
  const file = await open(path, 'wx').catch((error: unknown) => {
    throw ioError(`cannot create ${path}`, error);
  });

  const properties = new parquet.WriterPropertiesBuilder()
    .setCompression(parquet.Compression[CODEC_NAMES[codec]])
    .setMaxRowGroupSize(ROW_GROUP_ROWS)
    // One key: the encoder shuffles several, and the same rows shall give the same bytes.
    .setKeyValueMetadata(new Map([[METADATA_KEY, canonicalJson(metadata)]]))
    .build();
  const input = new TransformStream<RecordBatch, RecordBatch>();
  const batches = input.writable.getWriter();
  // The encoder asks for the schema, so it resolves only once the first batch is there.
  const output = writeAll(file, path, parquet.transformParquetStream(input.readable, properties));
  let rows = 0;

  const push = async (batch: Batch): Promise<void> => {
    const table = parquet.Table.fromIPCStream(arrow.tableToIPC(arrowTable(arrow, batch), 'stream'));
    const parts = table.recordBatches();
    // Without this the wasm heap keeps every table.
    table.free();
    for (const part of parts) await Promise.race([batches.write(part), output]);
    rows += batch.rows;
  };

  return {
    write: push,
    flush: () => {},
    async close(): Promise<WrittenFile[]> {
      // The schema comes with the first batch, so a file without rows needs one too.
      if (rows === 0) await push(createBatch(stream, 0, 0));
      await batches.close();
      return [{ path: name, rows, ...(await output) }];
    },
    async abort() {
      await batches.abort().catch(() => {});
      await output.catch(() => {});
      await file.close().catch(() => {});
    },
  };
}

/** Writes what the encoder gives until it ends; durable and closed when it resolves. */
async function writeAll(
  file: FileHandle,
  path: string,
  encoded: Promise<unknown>,
): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    for await (const chunk of (await encoded) as AsyncIterable<Uint8Array>) {
      hash.update(chunk);
      await file.write(chunk);
      bytes += chunk.length;
    }
    await file.sync();
    return { bytes, sha256: hash.digest('hex') };
  } catch (error) {
    throw ioError(`cannot write ${path}`, error);
  } finally {
    await file.close();
  }
}

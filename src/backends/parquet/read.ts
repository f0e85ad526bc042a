import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Table } from 'apache-arrow';
import type { Batch, Column } from '../../core/batch.js';
import { finding } from '../../core/findings.js';
import { parquetParts, type StreamName } from '../../core/layout.js';
import type { ReadBatch, StreamReader } from '../../core/ports.js';
import type { Finding } from '../../core/report.js';
import type { RunStreams, StreamSchema } from '../../core/streams.js';
import { ColumnError, readColumn } from './columns.js';
import { evenRanges } from './even-ranges.js';
import { rowGroupFiles } from './row-groups.js';

type Arrow = typeof import('apache-arrow');

/** Most rows of a batch. */
const BATCH_ROWS = 8192;

function toBatch(arrow: Arrow, stream: StreamSchema, table: Table): Batch {
  const columns: Record<string, Column | null> = {};
  for (const schema of stream.columns) {
    columns[schema.name] = readColumn(arrow, schema, table.getChild(schema.name), table.numRows);
  }
  return { stream, rows: table.numRows, columns };
}

/**
 * Decodes one row group at a time with the synchronous reader: parquet-wasm's streaming reader panics on a damaged
 * page, which is an uncaught exception and a promise that never settles.
 */
async function* readFile(path: string, file: string, stream: StreamSchema): AsyncGenerator<ReadBatch> {
  const [arrow, parquet] = await Promise.all([import('apache-arrow'), import('parquet-wasm')]);
  const handle = await open(path, 'r');
  try {
    const required = stream.columns.map(({ name }) => name);
    for await (const group of rowGroupFiles(handle, required)) {
      const decoded = parquet.readParquet(group, { batchSize: BATCH_ROWS });
      const parts = decoded.recordBatches();
      // Without this the wasm heap keeps every table.
      decoded.free();
      for (const part of parts) {
        // Takes the batch out of the wasm heap and frees it there.
        const table = arrow.tableFromIPC(part.intoIPCStream());
        for (const [from, to] of evenRanges(table, stream)) {
          const rows = from === 0 && to === table.numRows ? table : table.slice(from, to);
          yield { batch: toBatch(arrow, stream, rows), source: { file, lineOf: null } };
        }
      }
    }
  } finally {
    await handle.close();
  }
}

/** Read side of the Parquet format. A file that cannot be read is a finding, after the batches before the damage. */
class ParquetReader implements StreamReader {
  private readonly directory: string;
  private readonly names: readonly string[];
  private readonly streams: RunStreams;

  constructor(directory: string, names: readonly string[], streams: RunStreams) {
    this.directory = directory;
    this.names = names;
    this.streams = streams;
  }

  async *batches(stream: StreamName, report: (finding: Finding) => void): AsyncGenerator<ReadBatch> {
    for (const name of parquetParts(stream, this.names)) yield* this.partBatches(name, stream, report);
  }

  private async *partBatches(
    name: string,
    stream: StreamName,
    report: (finding: Finding) => void,
  ): AsyncGenerator<ReadBatch> {
    const parts = readFile(join(this.directory, name), name, this.streams[stream]);
    try {
      for (;;) {
        const next = await parts.next().catch((error: unknown) => {
          report(problem(name, error));
          return null;
        });
        if (next === null || next.done === true) return;
        yield next.value;
      }
    } finally {
      await parts.return(undefined);
    }
  }
}

function problem(file: string, error: unknown): Finding {
  const code = error instanceof ColumnError ? 'parquet-column' : 'parquet-unreadable';
  return finding(code, file, null, error instanceof Error ? error.message : String(error));
}

/** @param names file names of the run directory */
export function openParquetReader(
  directory: string,
  names: readonly string[],
  streams: RunStreams,
): StreamReader {
  return new ParquetReader(directory, names, streams);
}

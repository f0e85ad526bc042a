import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Table } from 'apache-arrow';
import type { Batch, Column } from '../../core/batch.js';
import { finding } from '../../core/findings.js';
import { parquetName, type StreamName } from '../../core/layout.js';
import type { ReadBatch, StreamReader } from '../../core/ports.js';
import type { Finding } from '../../core/report.js';
import { STREAMS, type StreamSchema } from '../../core/streams.js';
import { ColumnError, readColumn } from './columns.js';
import { rowGroupFiles } from './row-groups.js';

type Arrow = typeof import('apache-arrow');

/** Most rows of a batch. */
const BATCH_ROWS = 8192;

/**
 * Row ranges in which each nullable column is either null or not: a batch cannot hold both. Usually one range.
 */
function evenRanges(table: Table, { columns }: StreamSchema): [from: number, to: number][] {
  const rows = table.numRows;
  const mixed = columns
    .filter(({ nullable }) => nullable === true)
    .map(({ name }) => table.getChild(name))
    .filter((column) => column !== null && column.nullCount > 0 && column.nullCount < rows);
  if (mixed.length === 0) return [[0, rows]];
  const ranges: [number, number][] = [];
  for (let from = 0, i = 1; i <= rows; i++) {
    const even = i < rows && mixed.every((column) => column!.isValid(i) === column!.isValid(i - 1));
    if (even) continue;
    ranges.push([from, i]);
    from = i;
  }
  return ranges;
}

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

  constructor(directory: string, names: readonly string[]) {
    this.directory = directory;
    this.names = names;
  }

  async *batches(stream: StreamName, report: (finding: Finding) => void): AsyncGenerator<ReadBatch> {
    const name = parquetName(stream);
    if (!this.names.includes(name)) return;
    const parts = readFile(join(this.directory, name), name, STREAMS[stream]);
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
export function openParquetReader(directory: string, names: readonly string[]): StreamReader {
  return new ParquetReader(directory, names);
}

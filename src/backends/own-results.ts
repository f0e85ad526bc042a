import { z } from 'zod';
import type { Batch, Column } from '../core/batch.js';
import { CaptureError } from '../core/errors.js';
import type { ReadBatch, WrittenFile } from '../core/ports.js';
import { manifestFileSchema } from '../core/records.js';
import type { ColumnSchema, StreamSchema } from '../core/streams.js';

const writtenFiles = z.array(
  manifestFileSchema.pick({ bytes: true, sha256: true }).extend({
    path: z
      .string()
      .regex(/^(?!\.{1,2}$)[^/\\]+$/, 'expected a file name in the run directory, without folders'),
    rows: z.int().min(0),
  }),
);

/** What a module's writer says it has written, which goes into the manifest. */
export function checkWrittenFiles(backend: string, files: unknown): WrittenFile[] {
  const { data, error } = writtenFiles.safeParse(files);
  if (data !== undefined) return data;
  const [issue] = error.issues;
  const where = ['close()', ...issue!.path].join('.');
  throw new CaptureError('input', `${backend}: ${where}: ${issue!.message}`, {
    hint: 'it gives [{path, bytes, sha256, rows}], one a file; sha256 as 64 hex digits',
  });
}

const FORMS: Readonly<Record<ColumnSchema['type'], string>> = {
  int: 'a Float64Array',
  float: 'a Float64Array',
  bool: 'a Uint8Array of 0 and 1',
  text: '{codes: Int32Array, dictionary: string[]}',
  floats: '{width, values: Float64Array}',
};

function fits(column: Partial<Column>, type: ColumnSchema['type'], rows: number): boolean {
  if (type === 'bool') return column instanceof Uint8Array && column.length >= rows;
  if (type === 'int' || type === 'float') return column instanceof Float64Array && column.length >= rows;
  if (type === 'text') {
    const { codes, dictionary } = column as { codes?: unknown; dictionary?: unknown };
    return codes instanceof Int32Array && codes.length >= rows && Array.isArray(dictionary);
  }
  const { width, values } = column as { width?: unknown; values?: unknown };
  const isWidth = typeof width === 'number' && Number.isInteger(width) && width >= 0;
  return isWidth && values instanceof Float64Array && values.length >= rows * width;
}

/** The form of a batch that a module's reader gives; its values are for `validate`. */
export function checkReadBatch(backend: string, stream: StreamSchema, read: Partial<ReadBatch>): void {
  const batch = (read.batch ?? {}) as Partial<Batch>;
  const { rows = -1, columns = {} } = batch;
  const wrong = (what: string): CaptureError =>
    new CaptureError('input', `${backend}: a batch of ${stream.name} that it read has ${what}`);
  if (batch.stream?.name !== stream.name) throw wrong(`another stream than '${stream.name}'`);
  if (!Number.isSafeInteger(rows) || rows < 0) throw wrong(`rows ${rows}, expected an integer, 0 or more`);
  if (typeof read.source?.file !== 'string') throw wrong('no source.file, the name of the file it came from');
  for (const { name, type, nullable } of stream.columns) {
    const column = columns[name];
    if (column === null && nullable === true) continue;
    if (typeof column === 'object' && column !== null && fits(column, type, rows)) continue;
    throw wrong(`no column '${name}' as ${FORMS[type]} of at least ${rows} rows`);
  }
}

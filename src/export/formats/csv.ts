import { join } from 'node:path';
import type { StreamName } from '../../core/layout.js';
import { openOutputFile } from '../output-file.js';
import { textLevel, TEXT_COMPRESSIONS, usualTextCompression } from '../text-compression.js';
import { CsvRows } from './csv-rows.js';
import type { ExportFormat, ExportJob, MadeFile } from './format.js';

/** Flat columns with a header, fields quoted as RFC 4180 says, lines ended by a newline. */
export const csv: ExportFormat = {
  name: 'csv',
  target: 'streams',
  compressions: TEXT_COMPRESSIONS,
  usualCompression: usualTextCompression,
  needs: [],
  write: async (job) => [await writeStream('steps', job), await writeStream('episodes', job)],
};

async function writeStream(stream: StreamName, job: ExportJob): Promise<MadeFile> {
  const { source, folder, name, compression } = job;
  const rows = new CsvRows(source.streams[stream]);
  const path = `${stream}.csv`;
  const file = openOutputFile(join(folder, path), textLevel(compression, name));
  let count = 0;
  let hasHeader = false;
  try {
    for await (const batch of source.batches(stream)) {
      if (!hasHeader) file.write(rows.header(batch));
      hasHeader = true;
      file.write(rows.encode(batch));
      count += batch.rows;
    }
    if (!hasHeader) file.write(rows.header(null));
    return { path, stream, rows: count, ...file.finish() };
  } finally {
    file.abort();
  }
}

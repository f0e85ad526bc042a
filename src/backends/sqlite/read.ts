import { join } from 'node:path';
import { CaptureError } from '../../core/errors.js';
import { finding } from '../../core/findings.js';
import { SQLITE_FILE, type StreamName } from '../../core/layout.js';
import type { ReadBatch, StreamReader } from '../../core/ports.js';
import type { Finding } from '../../core/report.js';
import type { RunStreams } from '../../core/streams.js';
import { checkTable, TableError } from './check-table.js';
import { DRIVERS, type Drivers, type ReadDatabase } from './driver.js';
import { FillRows } from './fill-rows.js';
import { openFile } from './open-file.js';
import { fieldsOf } from './schema.js';
import { EpisodeNames, Selection } from './select.js';

const BATCH_ROWS = 4096;
/** Bad rows of a table after which nobody wants to know of more. */
const MAX_BAD_ROWS = 1000;

type Report = (finding: Finding) => void;

/** Read side of the SQLite format. A file that cannot be read is a finding, after the rows before the damage. */
class SqliteReader implements StreamReader {
  private readonly directory: string;
  private readonly names: readonly string[];
  private readonly streams: RunStreams;
  private readonly drivers: Drivers;

  constructor(directory: string, names: readonly string[], streams: RunStreams, drivers: Drivers) {
    this.directory = directory;
    this.names = names;
    this.streams = streams;
    this.drivers = drivers;
  }

  async *batches(stream: StreamName, report: Report): AsyncGenerator<ReadBatch> {
    if (!this.names.includes(SQLITE_FILE)) return;
    const parts = this.read(stream, report);
    try {
      for (;;) {
        const next = await parts.next().catch((error: unknown) => {
          // a package is missing: that says nothing about the run
          if (error instanceof CaptureError) throw error;
          report(problem(error));
          return null;
        });
        if (next === null || next.done === true) return;
        yield next.value;
      }
    } finally {
      await parts.return(undefined);
    }
  }

  private async *read(stream: StreamName, report: Report): AsyncGenerator<ReadBatch> {
    const file = await openFile(join(this.directory, SQLITE_FILE), this.drivers);
    try {
      yield* this.readTable(file.db, stream, report);
    } finally {
      await file.close();
    }
  }

  private *readTable(db: ReadDatabase, stream: StreamName, report: Report): Generator<ReadBatch> {
    if (db.query("SELECT 1 FROM main.sqlite_schema WHERE type = 'table' LIMIT 1").all([]).length === 0) {
      report(finding('sqlite-empty', SQLITE_FILE, null, 'there are no tables in it'));
      return;
    }
    const schema = this.streams[stream];
    const fields = fieldsOf(schema);
    checkTable(db, stream, fields);
    if (stream === 'steps') checkTable(db, 'episodes', []);
    const selection = new Selection(db, stream, fields);
    const names = stream === 'steps' ? new EpisodeNames(db) : null;
    const fill = new FillRows(schema, BATCH_ROWS, fields, selection, names);
    let bad = 0;
    try {
      for (const row of selection.rows()) {
        let added = fill.add(row);
        if (added === 'split') {
          yield* handOn(fill);
          added = fill.add(row);
        }
        if (added !== null && added !== 'split') {
          report(problem(new TableError(`${stream}, row ${String(row[0])}: ${added.problem}`)));
          if (++bad >= MAX_BAD_ROWS) {
            throw new TableError(`${bad} rows of ${stream} are wrong; the rest is not read`);
          }
        }
        if (fill.rows.full) yield* handOn(fill);
      }
    } catch (error) {
      yield* handOn(fill);
      throw error;
    }
    yield* handOn(fill);
  }
}

function* handOn(fill: FillRows): Generator<ReadBatch> {
  const { rows } = fill;
  if (rows.batch.rows === 0) return;
  yield { batch: rows.batch, source: { file: SQLITE_FILE, lineOf: null } };
  rows.clear();
}

function problem(error: unknown): Finding {
  const code = error instanceof TableError ? 'sqlite-column' : 'sqlite-unreadable';
  return finding(code, SQLITE_FILE, null, error instanceof Error ? error.message : String(error));
}

/** @param names file names of the run directory */
export function openSqliteReader(
  directory: string,
  names: readonly string[],
  streams: RunStreams,
  drivers: Drivers = DRIVERS,
): StreamReader {
  return new SqliteReader(directory, names, streams, drivers);
}

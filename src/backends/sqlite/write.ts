import { open, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Database, Statement } from 'better-sqlite3';
import { numbers, texts, type Batch } from '../../core/batch.js';
import { compactJson } from '../../core/canonical-json.js';
import { CaptureError } from '../../core/errors.js';
import { SQLITE_FILE } from '../../core/layout.js';
import type { RunWriter, WrittenFile } from '../../core/ports.js';
import { exists, syncDirectory } from '../../io/atomic.js';
import { hashFile } from '../../io/file-hash.js';
import { ioError } from '../../io/io-error.js';
import type { RunFacts, WriterOptions } from '../backend.js';
import { openConnection } from './connection.js';
import { DRIVERS, type Drivers } from './driver.js';
import { sqliteError } from './errors.js';
import { InsertEpisodes, textAt } from './insert-episodes.js';
import { InsertSteps } from './insert-steps.js';
import { JOURNALS } from './journals.js';
import { createTables } from './schema.js';
import { Transactions } from './transaction.js';

/** For how long a reader may keep a run from being finished. */
const PATIENCE_MS = 120_000;
const RETRY_MS = 50;

/** Seconds since the epoch. */
function startOf({ start_time }: RunFacts): number {
  // without a zone, as Python may print it, JavaScript would take it for local time
  const milliseconds = Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/i.test(start_time) ? start_time : `${start_time}Z`);
  if (!Number.isNaN(milliseconds)) return milliseconds / 1000;
  throw new CaptureError('input', `start_time '${start_time}' of the run is no time`, {
    hint: 'expected ISO 8601 in UTC, as 2026-01-31T12:00:00Z',
  });
}

/** Both streams as tables of one SQLite file. */
class SqliteWriter implements RunWriter {
  private readonly path: string;
  private readonly db: Database;
  private readonly start: number;
  private readonly transactions: Transactions;
  private readonly steps: InsertSteps;
  private readonly episodes: InsertEpisodes;
  private readonly insertRun: Statement;
  private readonly runId: string;
  private lastRun: string;
  private end: number | null = null;
  private rows = 0;
  private keys = new Float64Array(0);

  constructor(path: string, db: Database, { streams, storage, run, continues }: WriterOptions) {
    this.path = path;
    this.db = db;
    this.start = startOf(run);
    // all or none: a file without tables is known as one that has just been made
    if (continues === undefined) db.exec(`BEGIN; ${createTables(streams).join('; ')}; COMMIT`);
    else this.rows = continues.reduce((sum, { rows }) => sum + rows, 0);
    this.transactions = new Transactions(db, storage.sqlite);
    this.steps = new InsertSteps(db, streams.steps);
    this.episodes = new InsertEpisodes(db, streams.episodes);
    this.insertRun = db.prepare(
      'INSERT OR IGNORE INTO runs (run_id, start_timestamp, configuration, metadata) VALUES (?, ?, ?, ?)',
    );
    const { run_id, config, experiment, schema_version, config_hash, start_time, selection } = run;
    const part = selection === undefined ? {} : { selection };
    const metadata = compactJson({ experiment, schema_version, config_hash, start_time, ...part });
    this.insertRun.run(run_id, this.start, config, metadata);
    this.runId = run_id;
    this.lastRun = run_id;
  }

  write(batch: Batch): void {
    this.doing('write', () => {
      if (batch.stream.name === 'steps') this.writeSteps(batch);
      else this.writeEpisodes(batch);
    });
  }

  flush(): void {
    this.doing('write', () => this.transactions.end());
  }

  async close(): Promise<WrittenFile[]> {
    this.doing('finish', () => {
      this.transactions.end();
      this.db.prepare('UPDATE runs SET end_timestamp = ? WHERE run_id = ?').run(this.end, this.runId);
    });
    await this.withoutReaders(() => {
      this.joinJournal();
      this.db.close();
    });
    return [{ path: SQLITE_FILE, rows: this.rows, ...(await settle(this.path)) }];
  }

  abort(): Promise<void> {
    if (!this.db.open) return Promise.resolve();
    try {
      if (this.db.inTransaction) this.db.exec('ROLLBACK');
      this.joinJournal();
    } catch {
      // the error that made us let go is what counts; with a journal beside it the file reads as well
    }
    this.db.close();
    return Promise.resolve();
  }

  /** Tries again while another process reads the file, as `validate` may: SQLite itself does not wait for that. */
  private async withoutReaders(call: () => void): Promise<void> {
    for (const begun = performance.now(); ;) {
      try {
        return this.doing('finish', call);
      } catch (error) {
        const isRead = error instanceof CaptureError && error.kind === 'busy';
        if (!isRead || performance.now() - begun > PATIENCE_MS) throw error;
        await setTimeout(RETRY_MS);
      }
    }
  }

  /** Puts the write-ahead log into the file, so that one plain file remains. */
  private joinJournal(): void {
    this.db.pragma('wal_checkpoint(TRUNCATE)');
    this.db.pragma('journal_mode = DELETE');
  }

  private writeSteps(batch: Batch): void {
    const { rows } = batch;
    if (rows === 0) return;
    this.transactions.open();
    this.steps.use(batch, this.keysOf(batch));
    const runs = texts(batch, 'run_id')!.codes;
    const versions = texts(batch, 'schema_version')!.codes;
    for (let from = 0; from < rows;) {
      const limit = Math.min(rows, from + this.transactions.open());
      let to = from + 1;
      while (to < limit && runs[to] === runs[from] && versions[to] === versions[from]) to++;
      const shared = {
        run_id: textAt(batch, 'run_id', from),
        schema_version: textAt(batch, 'schema_version', from),
      };
      this.steps.insert(from, to, shared);
      this.count(to - from);
      from = to;
    }
    this.end = numbers(batch, 'ts')![rows - 1]!;
  }

  private writeEpisodes(batch: Batch): void {
    for (let row = 0; row < batch.rows; row++) {
      this.transactions.open();
      this.requireRun(textAt(batch, 'run_id', row));
      this.episodes.insert(batch, row);
      this.count(1);
    }
  }

  /** The integer of each row's episode. */
  private keysOf(batch: Batch): Float64Array {
    const { rows } = batch;
    if (this.keys.length < rows) this.keys = new Float64Array(rows);
    const times = numbers(batch, 'ts')!;
    const runs = texts(batch, 'run_id')!.codes;
    const episodes = texts(batch, 'episode_id')!.codes;
    for (let from = 0; from < rows;) {
      let to = from + 1;
      while (to < rows && episodes[to] === episodes[from] && runs[to] === runs[from]) to++;
      const run = textAt(batch, 'run_id', from);
      this.requireRun(run);
      const name = textAt(batch, 'episode_id', from);
      this.keys.fill(this.episodes.keyOfSteps(run, name, times[from]!, times[to - 1]!), from, to);
      from = to;
    }
    return this.keys;
  }

  /** A record may carry another run_id than its run. */
  private requireRun(run: string): void {
    if (run === this.lastRun) return;
    this.insertRun.run(run, this.start, null, null);
    this.lastRun = run;
  }

  private count(rows: number): void {
    this.rows += rows;
    this.transactions.add(rows);
  }

  private doing(verb: string, work: () => void): void {
    try {
      work();
    } catch (error) {
      throw sqliteError(`cannot ${verb} ${this.path}`, error);
    }
  }
}

/** Makes a closed file durable. */
async function settle(path: string): Promise<{ bytes: number; sha256: string }> {
  try {
    // SQLite says nothing when it cannot remove its log, which would then belong to another file
    for (const suffix of [...JOURNALS, '-shm']) await rm(path + suffix, { force: true });
    const handle = await open(path, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
    await syncDirectory(join(path, '..'));
  } catch (error) {
    throw ioError(`cannot write ${path}`, error);
  }
  return hashFile(path);
}

/** Makes the file, which nobody else may have made, nor one that SQLite would take for its journal. */
async function claim(path: string): Promise<void> {
  for (const journal of JOURNALS.map((suffix) => path + suffix)) {
    if (await exists(journal))
      throw new CaptureError('io', `cannot create ${path}: ${journal} is there already`);
  }
  try {
    await (await open(path, 'wx')).close();
  } catch (error) {
    throw ioError(`cannot create ${path}`, error);
  }
}

/**
 * @throws MissingModuleError, before anything is written, when the package that writes is not there
 * @throws CaptureError `io` when the file exists, `config` when its file system cannot do what the options ask for
 */
export async function openSqliteWriter(
  options: WriterOptions,
  drivers: Drivers = DRIVERS,
): Promise<RunWriter> {
  const native = await drivers.native();
  // absolute: the package trims spaces off, and takes some names for other things than files
  const path = resolve(options.directory, SQLITE_FILE);
  const isNew = options.continues === undefined;
  if (isNew) await claim(path);
  let db: Database | null = null;
  try {
    db = openConnection(native, path, options.storage);
    return new SqliteWriter(path, db, options);
  } catch (error) {
    db?.close();
    if (isNew) await rm(path, { force: true });
    throw sqliteError(`cannot ${isNew ? 'create' : 'write'} ${path}`, error);
  }
}

import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CaptureError } from '../../core/errors.js';
import { HDF5_FILE, STREAM_NAMES, unfinishedHdf5Name } from '../../core/layout.js';
import type { Batch } from '../../core/batch.js';
import type { EncodedRows, RunWriter, WrittenFile } from '../../core/ports.js';
import { exists, syncDirectory } from '../../io/atomic.js';
import { hashFile } from '../../io/file-hash.js';
import { ioError } from '../../io/io-error.js';
import type { WriterOptions } from '../backend.js';
import { jsonl } from '../jsonl/index.js';
import type { StorageOptions } from '../storage.js';
import { convert, fingerprintsOf } from './convert.js';
import { datasetLayout, type DatasetLayout } from './filters.js';
import { forgetLibrary, loadLibrary } from './library.js';
import { Hdf5Reader } from './read.js';
import { RunTree } from './tree.js';
import { Hdf5FileWriter } from './write-file.js';

/** The journal lives for minutes: time counts more than its size. It has one part a stream. */
export const journalStorage = (storage: StorageOptions): StorageOptions => ({
  ...storage,
  jsonl: { ...storage.jsonl, level: 1 },
  rotateBytes: null,
});

/**
 * Records JSON lines and makes the HDF5 file of them at the end: a process that is killed while it writes HDF5 can
 * leave a file that nobody can read, so until the file stands and has been read back the run is a JSONL run.
 */
class Hdf5Writer implements RunWriter {
  private readonly options: WriterOptions;
  private readonly layout: DatasetLayout;
  private readonly journal: RunWriter;

  constructor(options: WriterOptions, layout: DatasetLayout, journal: RunWriter) {
    this.options = options;
    this.layout = layout;
    this.journal = journal;
  }

  write(batch: Batch): void | Promise<void> {
    return this.journal.write(batch);
  }

  append(rows: EncodedRows): void | Promise<void> {
    return this.journal.append!(rows);
  }

  flush(): void | Promise<void> {
    return this.journal.flush();
  }

  abort(): Promise<void> {
    return this.journal.abort();
  }

  async close(): Promise<WrittenFile[]> {
    const { directory } = this.options;
    const path = join(directory, HDF5_FILE);
    const aside = join(directory, unfinishedHdf5Name(process.pid));
    const written = await this.journal.close();
    const journal = written.map((file) => file.path);
    try {
      // of a killed process that had our number
      await rm(aside, { force: true, recursive: true });
      const rows = written.reduce((sum, file) => sum + file.rows, 0);
      await this.make(aside, journal, rows);
      await sync(aside);
      const { bytes, sha256 } = await hashFile(aside);
      await rename(aside, path);
      await syncDirectory(directory);
      for (const name of journal) await rm(join(directory, name));
      return [{ path: HDF5_FILE, bytes, sha256, rows }];
    } catch (error) {
      await rm(aside, { force: true, recursive: true });
      const reason = ioError('', error).message.replace(/^: /, '');
      throw new CaptureError('io', `cannot make ${path}: ${reason}`, {
        hint: `the records are kept as JSON lines in ${journal.join(' and ')}`,
        cause: error,
      });
    }
  }

  /** Makes the file of the journal's rows, of both streams, and reads it back. */
  private async make(path: string, journal: readonly string[], rows: number): Promise<void> {
    const { directory, run, streams } = this.options;
    const file = new Hdf5FileWriter(await loadLibrary(), path, this.layout, Date.parse(run.start_time));
    let expected;
    try {
      // its lines are read in another thread while this one makes datasets
      const reader = jsonl.openReader(directory, journal, streams, { threads: 1 });
      expected = await convert(reader, streams, new RunTree(file, run, streams));
      file.close();
    } catch (error) {
      // it may hold on to the file, and would write to it again
      forgetLibrary();
      throw error;
    }
    const found = await fingerprintsOf(new Hdf5Reader(path, HDF5_FILE, streams, 'ours'), streams);
    for (const name of STREAM_NAMES) {
      if (found[name].finish() !== expected[name].finish()) {
        throw new CaptureError('io', `read back, the ${name} are not those that were recorded`);
      }
    }
    if (expected.steps.rows + expected.episodes.rows !== rows) {
      throw new CaptureError('io', `the journal does not have the ${rows} records that were written to it`);
    }
  }
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * @throws CaptureError `config` for filters the library does not have, `io` when the file or its journal exists
 */
export async function openHdf5Writer(options: WriterOptions): Promise<RunWriter> {
  const layout = datasetLayout(options.storage.hdf5);
  const path = join(options.directory, HDF5_FILE);
  if (await exists(path))
    throw ioError(`cannot create ${path}`, Object.assign(new Error('EEXIST'), { code: 'EEXIST' }));
  const journal = await jsonl.openWriter({ ...options, storage: journalStorage(options.storage) });
  return new Hdf5Writer(options, layout, journal);
}

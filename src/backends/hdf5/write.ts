import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CaptureError } from '../../core/errors.js';
import { HDF5_FILE, unfinishedHdf5Name } from '../../core/layout.js';
import type { Batch } from '../../core/batch.js';
import type { EncodedRows, RunWriter, WrittenFile } from '../../core/ports.js';
import { exists, syncDirectory } from '../../io/atomic.js';
import { hashFile } from '../../io/file-hash.js';
import { ioError } from '../../io/io-error.js';
import { builtEntry } from '../../io/package-info.js';
import { OrderedThreads } from '../../io/threads.js';
import type { WriterOptions } from '../backend.js';
import { jsonl } from '../jsonl/index.js';
import type { StorageOptions } from '../storage.js';
import { datasetLayout, type DatasetLayout } from './filters.js';
import { makeFile, type Making } from './make-file.js';

/** Compressed bytes that become an HDF5 file in about the time in which a thread starts. */
const WORTH_THREAD = 1 << 20;

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
      await this.make(aside, written);
      await sync(aside);
      const { bytes, sha256 } = await hashFile(aside);
      await rename(aside, path);
      await syncDirectory(directory);
      for (const name of journal) await rm(join(directory, name));
      return [{ path: HDF5_FILE, bytes, sha256, rows: sumOf(written, 'rows') }];
    } catch (error) {
      await rm(aside, { force: true, recursive: true });
      const reason = ioError('', error).message.replace(/^: /, '');
      throw new CaptureError('io', `cannot make ${path}: ${reason}`, {
        hint: `the records are kept as JSON lines in ${journal.join(' and ')}`,
        cause: error,
      });
    }
  }

  /** In a thread of its own, whose memory stays small, unless there is little to do. */
  private async make(path: string, journal: readonly WrittenFile[]): Promise<void> {
    const { directory, run, streams } = this.options;
    const { layout } = this;
    const names = journal.map((file) => file.path);
    const rows = sumOf(journal, 'rows');
    const making = { path, directory, journal: names, rows, run, streams, layout };
    if (sumOf(journal, 'bytes') < WORTH_THREAD) return makeFile(making);
    const thread = new OrderedThreads<null, Making, 'made'>({
      entry: builtEntry('make-thread'),
      setup: null,
      tasks: [making],
      threads: 1,
      window: 1,
    });
    for await (const _ of thread.messages());
  }
}

const sumOf = (files: readonly WrittenFile[], key: 'rows' | 'bytes'): number =>
  files.reduce((sum, file) => sum + file[key], 0);

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

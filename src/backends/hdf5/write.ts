import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CaptureError } from '../../core/errors.js';
import { HDF5_FILE, unfinishedHdf5Name } from '../../core/layout.js';
import type { Batch } from '../../core/batch.js';
import type { EncodedRows, RunWriter, WrittenFile } from '../../core/ports.js';
import { exists, syncDirectory } from '../../io/atomic.js';
import { hashFile, type HashedBytes } from '../../io/file-hash.js';
import { ioError } from '../../io/io-error.js';
import { builtEntry } from '../../io/package-info.js';
import { OrderedThreads } from '../../io/threads.js';
import type { WriterOptions } from '../backend.js';
import { jsonl } from '../jsonl/index.js';
import type { StorageOptions } from '../storage.js';
import { datasetLayout, type DatasetLayout } from './filters.js';
import { makeFile, type Made, type Making } from './make-file.js';
import { partsOf, readBack, type ReadBack } from './read-back.js';

/** Compressed bytes that become an HDF5 file in about the time in which a thread starts. */
const WORTH_THREAD = 1 << 20;
/** Threads that read the file back; each has the library to itself. */
const READ_BACK_THREADS = 2;

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
      const [{ bytes, sha256 }] = await this.make(aside, written);
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

  /** In threads, whose memory stays small, unless there is little to do. */
  private async make(path: string, journal: readonly WrittenFile[]): Promise<[HashedBytes, void]> {
    const { directory, run, streams } = this.options;
    const { layout } = this;
    const names = journal.map((file) => file.path);
    const rows = sumOf(journal, 'rows');
    const making = { path, directory, journal: names, rows, run, streams, layout };
    const inThreads = sumOf(journal, 'bytes') >= WORTH_THREAD;
    const made = inThreads ? await makeInThread(making) : await makeFile(making);
    const parts = partsOf(path, streams, made);
    return Promise.all([syncAndHash(path), inThreads ? readBackInThreads(parts) : readBackHere(parts)]);
  }
}

async function makeInThread(making: Making): Promise<Made> {
  const thread = new OrderedThreads<null, Making, Made>({
    entry: builtEntry('make-thread'),
    setup: null,
    tasks: [making],
    threads: 1,
    window: 1,
  });
  let made: Made | null = null;
  for await (const message of thread.messages()) made = message;
  return made!;
}

async function readBackInThreads(parts: readonly ReadBack[]): Promise<void> {
  const threads = new OrderedThreads<null, ReadBack, 'same'>({
    entry: builtEntry('read-back-thread'),
    setup: null,
    tasks: parts,
    threads: READ_BACK_THREADS,
    window: 1,
  });
  for await (const _ of threads.messages());
}

async function readBackHere(parts: readonly ReadBack[]): Promise<void> {
  for (const part of parts) await readBack(part);
}

const sumOf = (files: readonly WrittenFile[], key: 'rows' | 'bytes'): number =>
  files.reduce((sum, file) => sum + file[key], 0);

/** Makes a file durable. @returns what then lies on the disk */
async function syncAndHash(path: string): Promise<HashedBytes> {
  const handle = await open(path, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
  return hashFile(path);
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

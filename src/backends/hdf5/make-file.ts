import { CaptureError } from '../../core/errors.js';
import { HDF5_FILE, STREAM_NAMES } from '../../core/layout.js';
import type { RunStreams } from '../../core/streams.js';
import type { RunFacts } from '../backend.js';
import { jsonl } from '../jsonl/index.js';
import { convert, fingerprintsOf } from './convert.js';
import type { DatasetLayout } from './filters.js';
import { forgetLibrary, loadLibrary } from './library.js';
import { Hdf5Reader } from './read.js';
import { RunTree } from './tree.js';
import { Hdf5FileWriter } from './write-file.js';

/** An HDF5 file to be made of a run's journal. */
export interface Making {
  path: string;
  directory: string;
  /** JSONL files in the directory. */
  journal: readonly string[];
  /** Records that were written to them. */
  rows: number;
  run: RunFacts;
  streams: RunStreams;
  layout: DatasetLayout;
}

/**
 * Makes the file of the journal's rows, of both streams, and reads it back.
 * @throws CaptureError `io` when it does not hold what was recorded
 */
export async function makeFile({
  path,
  directory,
  journal,
  rows,
  run,
  streams,
  layout,
}: Making): Promise<void> {
  const file = new Hdf5FileWriter(await loadLibrary(), path, layout, Date.parse(run.start_time));
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

import { CaptureError } from '../../core/errors.js';
import { STREAM_NAMES, type StreamName } from '../../core/layout.js';
import type { RunStreams } from '../../core/streams.js';
import type { RunFacts } from '../backend.js';
import { jsonl } from '../jsonl/index.js';
import { convert } from './convert.js';
import type { DatasetLayout } from './filters.js';
import { forgetLibrary, loadLibrary } from './library.js';
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

/** Fingerprints of what went into a file, by stream and column. */
export type Made = Readonly<Record<StreamName, Readonly<Record<string, string>>>>;

/**
 * Makes the file of the journal's rows, of both streams.
 * @throws CaptureError `io` when the journal does not hold what was recorded
 */
export async function makeFile(making: Making): Promise<Made> {
  const { path, directory, journal, rows, run, streams, layout } = making;
  const file = new Hdf5FileWriter(await loadLibrary(), path, layout, Date.parse(run.start_time));
  try {
    // its lines are read in another thread while this one makes datasets
    const reader = jsonl.openReader(directory, journal, streams, { threads: 1 });
    const seen = await convert(reader, streams, new RunTree(file, run, streams));
    file.close();
    if (STREAM_NAMES.reduce((sum, name) => sum + seen[name].rows, 0) !== rows) {
      throw new CaptureError('io', `the journal does not have the ${rows} records that were written to it`);
    }
    return { steps: seen.steps.finish(), episodes: seen.episodes.finish() };
  } catch (error) {
    // it may hold on to the file, and would write to it again
    forgetLibrary();
    throw error;
  }
}

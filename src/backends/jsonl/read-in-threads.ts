import type { ReadBatch } from '../../core/ports.js';
import { builtEntry } from '../../io/package-info.js';
import { OrderedThreads } from '../../io/threads.js';
import type { Report } from './line-reader.js';
import { StreamRanges } from './merge-ranges.js';
import type { RangeRows, ReadSetup, ReadTask } from './read-range.js';

/** Ranges that are read and not taken yet, for each thread. */
const WINDOW = 4;

/** The rows of a stream's files, range by range in threads, in order. */
export async function* readInThreads(
  setup: ReadSetup,
  files: readonly string[],
  threads: number,
  report: Report,
): AsyncGenerator<ReadBatch> {
  const ranges = new StreamRanges(setup, files);
  const pool = new OrderedThreads<ReadSetup, ReadTask, RangeRows>({
    entry: builtEntry('read-thread'),
    setup,
    tasks: ranges.tasks(),
    threads,
    window: WINDOW,
  });
  const results = pool.messages();
  try {
    yield* ranges.merge(results, report);
  } finally {
    await results.return(undefined);
  }
}

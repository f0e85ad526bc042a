import { join } from 'node:path';
import type { ReadBatch } from '../../core/ports.js';
import { GzipRanges } from '../../io/gzip-ranges.js';
import { packageRoot } from '../../io/package-info.js';
import { OrderedThreads } from '../../io/threads.js';
import { FileReader } from './file-reader.js';
import { LineReader, type Report } from './line-reader.js';
import type { RangeRows, ReadSetup, ReadTask } from './read-range.js';

/** What the members of a range inflate to: a few batches. */
const RANGE_BYTES = 4 << 20;
/** Ranges that are read and not taken yet, for each thread. */
const WINDOW = 2;

/** Ranges of all files, as threads ask for them; a file's ranges end where something else than BGZF begins. */
function* tasksOf(files: readonly string[], ranges: readonly GzipRanges[]): Generator<ReadTask> {
  for (const [file, name] of files.entries()) {
    for (const range of ranges[file]!) yield { file, name, range };
  }
}

/**
 * The rows of a stream's files, read range by range in threads. A range of which anything else than rows is to be
 * had (findings, half lines) is read again here, between those before and after it: so the result is that of reading
 * all of it here, to the last finding.
 */
export async function* readInThreads(
  { directory, stream }: ReadSetup,
  files: readonly string[],
  threads: number,
  report: Report,
): AsyncGenerator<ReadBatch> {
  const ranges = files.map((file) => new GzipRanges(join(directory, file), RANGE_BYTES));
  const pool = new OrderedThreads<ReadSetup, ReadTask, RangeRows>({
    // the package's own place and not this module's, which a bundler may have moved
    entry: join(packageRoot(), 'dist/cli/read-thread.js'),
    setup: { directory, stream },
    tasks: tasksOf(files, ranges),
    threads,
    window: WINDOW,
  });
  const lines = new LineReader(stream, report);
  const messages = pool.messages();
  try {
    let next = await messages.next();
    for (const [number, name] of files.entries()) {
      const file = new FileReader(directory, name, lines, report);
      for (; next.done !== true && next.value.file === number; next = await messages.next()) {
        if (file.stopped) continue;
        const { range, batches } = next.value;
        const { from, bytes } = range;
        if (batches !== null && lines.canTake(batches)) {
          yield* lines.take(batches.map((batch) => ({ ...batch, stream })));
        } else {
          yield* file.read({ from, to: from.offset + bytes });
        }
      }
      if (!file.stopped) yield* file.read({ from: ranges[number]!.place, to: Infinity });
      yield* file.end();
    }
  } finally {
    await messages.return(undefined);
  }
}

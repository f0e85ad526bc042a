import { join } from 'node:path';
import type { ReadBatch } from '../../core/ports.js';
import { GzipRanges } from '../../io/gzip-ranges.js';
import { release } from '../../io/release.js';
import { FileReader } from './file-reader.js';
import { LineReader, type Report } from './line-reader.js';
import { buffersOf, type RangeRows, type ReadSetup, type ReadTask } from './read-range.js';

/** What the members of a range inflate to: a few batches. */
const RANGE_BYTES = 1 << 20;

/** The files of a stream, cut into ranges of members as the tasks are asked for. */
export class StreamRanges {
  readonly setup: ReadSetup;
  readonly files: readonly string[];
  private readonly ranges: readonly GzipRanges[];
  /** Files before it need no more tasks: they have been read, or given up. */
  private wanted = 0;

  /** @param size about what a range inflates to */
  constructor(setup: ReadSetup, files: readonly string[], size = RANGE_BYTES) {
    this.setup = setup;
    this.files = files;
    this.ranges = files.map((file) => new GzipRanges(join(setup.directory, file), size));
  }

  /** The ranges of each file as far as it is BGZF. */
  *tasks(): Generator<ReadTask> {
    for (const [file, name] of this.files.entries()) {
      for (const range of this.ranges[file]!) {
        if (file < this.wanted) break;
        yield { file, name, range };
      }
    }
  }

  /**
   * The rows of all files, from the results of the tasks in their order. A range of which anything else than rows is to
   * be had (findings, half lines) is read again here, between those before and after it: so the result is that of
   * reading all of it here, to the last finding.
   */
  async *merge(results: AsyncIterator<RangeRows>, report: Report): AsyncGenerator<ReadBatch> {
    const { directory, stream } = this.setup;
    const lines = new LineReader(stream, report);
    let next = await results.next();
    for (const [number, name] of this.files.entries()) {
      const file = new FileReader(directory, name, lines, report);
      for (; next.done !== true && next.value.file === number; next = await results.next()) {
        if (file.stopped) {
          this.wanted = number + 1;
          continue;
        }
        const { range, batches } = next.value;
        const { from, bytes } = range;
        if (batches !== null && lines.canTake(batches)) {
          yield* lines.take(batches.map((batch) => ({ ...batch, stream })));
          release(buffersOf(next.value));
        } else {
          yield* file.read({ from, to: from.offset + bytes });
        }
      }
      if (!file.stopped) yield* file.read({ from: this.ranges[number]!.place, to: Infinity });
      yield* file.end();
    }
  }
}

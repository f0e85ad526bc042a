import type { Batch } from '../../core/batch.js';
import type { RunWriter } from '../../core/ports.js';
import type { Backend } from '../backend.js';

/** Keeps nothing; counts what it is asked to do, so that a loop that records can be checked without a disk. */
class NoneWriter implements RunWriter {
  readonly calls = { write: 0, flush: 0, close: 0, abort: 0 };
  readonly given = { steps: { rows: 0, batches: 0 }, episodes: { rows: 0, batches: 0 } };

  write({ stream, rows }: Batch): void {
    this.calls.write++;
    const given = this.given[stream.name];
    given.rows += rows;
    given.batches++;
  }

  flush(): void {
    this.calls.flush++;
  }

  close(): Promise<[]> {
    this.calls.close++;
    return Promise.resolve([]);
  }

  abort(): Promise<void> {
    this.calls.abort++;
    return Promise.resolve();
  }
}

/** Recording switched off. */
export const none: Backend = {
  name: 'none',
  discards: true,
  has: () => false,
  openWriter: () => Promise.resolve(new NoneWriter()),
  openReader: () => ({
    async *batches() {},
  }),
};

import type { Batch } from '../core/batch.js';
import { texts } from '../core/batch.js';
import { parseEpisodeId } from '../core/ids.js';
import { episodeRanges, sliceRows } from '../core/row-ranges.js';
import type { ExportSource } from './source.js';

/** A row of the episodes stream, good until it is taken. */
export interface EpisodeRow {
  readonly batch: Batch;
  readonly row: number;
  readonly id: string;
  /** As its id says; null when that is no episode id. */
  readonly number: number | null;
}

/** The episodes stream row by row, read as far as is needed. */
class EpisodeRows {
  private readonly batches: AsyncIterator<Batch>;
  private batch: Batch | null = null;
  private row = 0;

  constructor(batches: AsyncIterable<Batch>) {
    this.batches = batches[Symbol.asyncIterator]();
  }

  async peek(): Promise<EpisodeRow | null> {
    while (this.batch === null || this.row === this.batch.rows) {
      // the reader empties the batch it gave when it is asked for more
      this.batch = null;
      this.row = 0;
      const next = await this.batches.next();
      if (next.done === true) return null;
      this.batch = next.value;
    }
    const { codes, dictionary } = texts(this.batch, 'episode_id')!;
    const id = dictionary[codes[this.row]!]!;
    return { batch: this.batch, row: this.row, id, number: parseEpisodeId(id) };
  }

  take(): void {
    this.row++;
  }

  async close(): Promise<void> {
    await this.batches.return?.();
  }
}

/** Whether an episode comes before another, as far as their ids tell. */
const isBefore = (number: number | null, id: string): boolean => {
  const other = parseEpisodeId(id);
  return number !== null && other !== null && number < other;
};

/**
 * Both streams as a recorder gets them: rows of episodes follow the batch of steps in which the episode ended. Rows
 * whose place their id does not tell come last; each stream keeps its order.
 */
export async function* interleaved(source: ExportSource): AsyncGenerator<Batch> {
  const rows = new EpisodeRows(source.batches('episodes'));
  try {
    for await (const batch of source.batches('steps')) {
      yield batch;
      const { codes, dictionary } = texts(batch, 'episode_id')!;
      const current = dictionary[codes[batch.rows - 1]!]!;
      // the episode of the last step may go on in the next batch
      yield* due(rows, (row) => isBefore(row.number, current));
    }
    yield* due(rows, () => true);
  } finally {
    await rows.close();
  }
}

/** The rows up to the first that is not due, as many at a time as lie in one batch. */
async function* due(rows: EpisodeRows, isDue: (row: EpisodeRow) => boolean): AsyncGenerator<Batch> {
  let first: EpisodeRow | null = null;
  for (;;) {
    const row = await rows.peek();
    if (row === null) return;
    if (!isDue(row)) {
      if (first !== null) yield sliceRows(row.batch, first.row, row.row);
      return;
    }
    first ??= row;
    rows.take();
    // before the next batch takes its place
    if (row.row + 1 === row.batch.rows) {
      yield sliceRows(row.batch, first.row, row.batch.rows);
      first = null;
    }
  }
}

/** What comes of one episode: its row first, then its steps in one or more pieces, then its end. */
export type EpisodeEvent =
  | { readonly kind: 'begin'; readonly id: string; readonly row: EpisodeRow | null }
  | { readonly kind: 'steps'; readonly batch: Batch }
  | { readonly kind: 'end' };

/**
 * The run episode by episode. An episode that was cut off has no row, one that was recorded without steps no steps.
 */
export async function* byEpisode(source: ExportSource): AsyncGenerator<EpisodeEvent> {
  const rows = new EpisodeRows(source.batches('episodes'));
  try {
    let open: string | null = null;
    for await (const batch of source.batches('steps')) {
      for (const { id, from, to } of episodeRanges(batch)) {
        if (id !== open) {
          if (open !== null) yield { kind: 'end' };
          open = id;
          for (let row = await rows.peek(); row !== null; row = await rows.peek()) {
            if (!isBefore(row.number, id)) break;
            yield* withoutSteps(rows, row);
          }
          const row = await rows.peek();
          const own = row?.id === id ? row : null;
          yield { kind: 'begin', id, row: own };
          if (own !== null) rows.take();
        }
        yield { kind: 'steps', batch: sliceRows(batch, from, to) };
      }
    }
    if (open !== null) yield { kind: 'end' };
    for (let row = await rows.peek(); row !== null; row = await rows.peek()) yield* withoutSteps(rows, row);
  } finally {
    await rows.close();
  }
}

function* withoutSteps(rows: EpisodeRows, row: EpisodeRow): Generator<EpisodeEvent> {
  yield { kind: 'begin', id: row.id, row };
  yield { kind: 'end' };
  rows.take();
}

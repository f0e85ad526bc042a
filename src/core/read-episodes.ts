import { texts, type Batch } from './batch.js';
import { Continuity, type MissingParts } from './continuity.js';
import { EpisodeCursor, type EpisodeRecord } from './episode-cursor.js';
import { parseEpisodeId } from './ids.js';
import type { StreamName } from './layout.js';
import type { ReadBatch, RowSource, StreamReader } from './ports.js';
import type { Finding } from './report.js';

/** What both streams of a run say, episode by episode: its steps in one or more pieces, then its record. */
export interface EpisodeSink {
  /** Rows [from, to) of a steps batch, all of one episode. */
  addSteps(batch: Batch, from: number, to: number, source: RowSource): void | Promise<void>;
  /** The end of the episode, with its row of an episodes batch; null when it has none. */
  endEpisode(batch: Batch | null, row: number, source: RowSource | null): void | Promise<void>;
  /** Some records of the episode at hand could not be read. */
  markGap(): void;
}

export interface ReadEpisodes {
  reader: StreamReader;
  /** Of which streams parts are missing, and where. */
  missing: Readonly<Record<StreamName, MissingParts>>;
  sink: EpisodeSink;
  add: (finding: Finding) => void;
  /** Sees every batch of both streams, and whether rows before or in it were left out. */
  onBatch?: (stream: StreamName, read: ReadBatch, broken: boolean) => Promise<void>;
}

/**
 * Reads both streams side by side, cuts steps into episodes and pairs each with its record. Holds one batch of each,
 * however long the run.
 * @returns whether anything was left out
 */
export async function readEpisodes({ reader, missing, sink, add, onBatch }: ReadEpisodes): Promise<boolean> {
  const continuity = {
    steps: new Continuity(missing.steps),
    episodes: new Continuity(missing.episodes),
  };
  const open = (stream: StreamName): AsyncIterable<ReadBatch> =>
    reader.batches(stream, (finding) => {
      continuity[stream].note(finding);
      add(finding);
    });
  const arrived = async (stream: StreamName, read: ReadBatch): Promise<void> =>
    onBatch?.(stream, read, continuity[stream].broken);
  const cursor = new EpisodeCursor(open('episodes'), continuity.episodes, (read) =>
    arrived('episodes', read),
  );
  const merge = new EpisodeMerge(sink, cursor, continuity);
  try {
    for await (const read of open('steps')) {
      await arrived('steps', read);
      await merge.addBatch(read);
    }
    await merge.finish();
  } finally {
    await cursor.close();
  }
  return continuity.steps.broken || continuity.episodes.broken;
}

class EpisodeMerge {
  private readonly sink: EpisodeSink;
  private readonly cursor: EpisodeCursor;
  private readonly continuity: Record<StreamName, Continuity>;
  /** The episode whose steps are being read. */
  private id: string | null = null;

  constructor(sink: EpisodeSink, cursor: EpisodeCursor, continuity: Record<StreamName, Continuity>) {
    this.sink = sink;
    this.cursor = cursor;
    this.continuity = continuity;
  }

  async addBatch({ batch, source }: ReadBatch): Promise<void> {
    const { codes, dictionary } = texts(batch, 'episode_id')!;
    const { steps } = this.continuity;
    for (let from = 0, to = 0; from < batch.rows; from = to) {
      while (to < batch.rows && codes[to] === codes[from]) to++;
      const id = dictionary[codes[from]!]!;
      // A line missing between two episodes may have belonged to either.
      const gap = steps.gapBefore(source, from);
      if (gap) this.sink.markGap();
      if (id !== this.id) {
        if (this.id !== null) await this.endEpisode(this.id);
        await this.passRecordsBefore(id, gap);
        this.id = id;
        if (gap) this.sink.markGap();
      }
      if (steps.pass(source, from, to)) this.sink.markGap();
      await this.sink.addSteps(batch, from, to, source);
    }
  }

  async finish(): Promise<void> {
    const gap = this.continuity.steps.gapAtEnd();
    if (gap) this.sink.markGap();
    if (this.id !== null) await this.endEpisode(this.id);
    for (let record = await this.cursor.peek(); record !== null; record = await this.cursor.peek()) {
      await this.endWith(record, gap);
    }
  }

  /** Records of episodes before `id` have no steps: the steps have already come to it. */
  private async passRecordsBefore(id: string, gap: boolean): Promise<void> {
    const number = parseEpisodeId(id);
    for (;;) {
      const record = await this.cursor.peek();
      if (record === null || record.number === null || number === null || record.number >= number) return;
      await this.endWith(record, gap);
    }
  }

  private async endEpisode(id: string): Promise<void> {
    const record = await this.cursor.peek();
    // An id that is none is reported as such; the record still stands where this episode's should be.
    const belongs =
      record !== null && (record.id === id || record.number === null || parseEpisodeId(id) === null);
    if (belongs) return this.endWith(record, false);
    if (record?.gap ?? this.continuity.episodes.gapAtEnd()) this.sink.markGap();
    await this.sink.endEpisode(null, 0, null);
  }

  private async endWith({ batch, row, source }: EpisodeRecord, gap: boolean): Promise<void> {
    if (gap) this.sink.markGap();
    await this.sink.endEpisode(batch, row, source);
    this.cursor.take();
  }
}

import { texts } from '../core/batch.js';
import { ContentDigest } from '../core/digest.js';
import { parseEpisodeId } from '../core/ids.js';
import type { StreamName } from '../core/layout.js';
import type { ReadBatch, RowObserver, StreamReader } from '../core/ports.js';
import type { Finding } from '../core/report.js';
import { Continuity, type MissingParts } from './continuity.js';
import { EpisodeCursor, type EpisodeRecord } from './episode-cursor.js';
import type { RowChecks } from './row-checks.js';

export interface RecordsRead {
  /** Rows read of each file. */
  rowsOf: Map<string, number>;
  /** null when some records could not be read. */
  contentDigest: string | null;
}

export interface RecordsOptions {
  reader: StreamReader;
  /** Of which streams parts are missing, and where. */
  missing: Readonly<Record<StreamName, MissingParts>>;
  checks: RowChecks;
  add: (finding: Finding) => void;
  /** Sees every batch of both streams, and whether rows before or in it were left out. */
  onBatch: (stream: StreamName, read: ReadBatch, broken: boolean) => Promise<void>;
}

/**
 * Reads both streams side by side, cuts steps into episodes and pairs each with its record. Holds one batch of each,
 * however long the run.
 */
export async function readRecords(options: RecordsOptions): Promise<RecordsRead> {
  const { reader, missing, checks, add, onBatch } = options;
  const rowsOf = new Map<string, number>();
  const continuity = {
    steps: new Continuity(missing.steps),
    episodes: new Continuity(missing.episodes),
  };
  const open = (stream: StreamName): AsyncIterable<ReadBatch> =>
    reader.batches(stream, (finding) => {
      continuity[stream].note(finding);
      add(finding);
    });
  const arrived = async (stream: StreamName, read: ReadBatch): Promise<void> => {
    const { file } = read.source;
    rowsOf.set(file, (rowsOf.get(file) ?? 0) + read.batch.rows);
    await onBatch(stream, read, continuity[stream].broken);
  };
  const digest = new ContentDigest(checks.streams);
  const cursor = new EpisodeCursor(open('episodes'), continuity.episodes, (read) =>
    arrived('episodes', read),
  );
  const merge = new EpisodeMerge(checks, digest, cursor, continuity);
  for await (const read of open('steps')) {
    await arrived('steps', read);
    await merge.addBatch(read);
  }
  await merge.finish();
  const broken = continuity.steps.broken || continuity.episodes.broken;
  checks.finish(broken);
  return { rowsOf, contentDigest: broken ? null : digest.finish() };
}

class EpisodeMerge {
  private readonly checks: RowChecks;
  private readonly digest: RowObserver;
  private readonly cursor: EpisodeCursor;
  private readonly continuity: Record<StreamName, Continuity>;
  /** The episode whose steps are being read. */
  private id: string | null = null;

  constructor(
    checks: RowChecks,
    digest: RowObserver,
    cursor: EpisodeCursor,
    continuity: Record<StreamName, Continuity>,
  ) {
    this.checks = checks;
    this.digest = digest;
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
      if (gap) this.checks.markGap();
      if (id !== this.id) {
        if (this.id !== null) await this.endEpisode(this.id);
        await this.passRecordsBefore(id, gap);
        this.id = id;
        if (gap) this.checks.markGap();
      }
      if (steps.pass(source, from, to)) this.checks.markGap();
      this.checks.addSteps(batch, from, to, source);
      this.digest.addSteps(batch, from, to);
    }
  }

  async finish(): Promise<void> {
    const gap = this.continuity.steps.gapAtEnd();
    if (gap) this.checks.markGap();
    if (this.id !== null) await this.endEpisode(this.id);
    for (let record = await this.cursor.peek(); record !== null; record = await this.cursor.peek()) {
      this.endWith(record, gap);
    }
  }

  /** Records of episodes before `id` have no steps: the steps have already come to it. */
  private async passRecordsBefore(id: string, gap: boolean): Promise<void> {
    const number = parseEpisodeId(id);
    for (;;) {
      const record = await this.cursor.peek();
      if (record === null || record.number === null || number === null || record.number >= number) return;
      this.endWith(record, gap);
    }
  }

  private async endEpisode(id: string): Promise<void> {
    const record = await this.cursor.peek();
    // An id that is none is reported as such; the record still stands where this episode's should be.
    const belongs =
      record !== null && (record.id === id || record.number === null || parseEpisodeId(id) === null);
    if (belongs) return this.endWith(record, false);
    if (record?.gap ?? this.continuity.episodes.gapAtEnd()) this.checks.markGap();
    this.checks.endEpisode(null, 0);
    this.digest.endEpisode(null, 0);
  }

  private endWith({ batch, row, source }: EpisodeRecord, gap: boolean): void {
    if (gap) this.checks.markGap();
    this.checks.endEpisode(batch, row, source);
    this.digest.endEpisode(batch, row);
    this.cursor.take();
  }
}

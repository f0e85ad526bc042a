import type { Batch } from '../core/batch.js';
import { parseEpisodeId } from '../core/ids.js';
import type { RowObserver, RunWriter, StreamReader } from '../core/ports.js';
import { readEpisodes, type EpisodeSink } from '../core/read-episodes.js';
import { recordingOf } from '../core/recording.js';
import type { RunMetadata } from '../core/records.js';
import type { Finding } from '../core/report.js';
import { sliceRows } from '../core/row-ranges.js';
import type { Recording } from '../core/streams.js';
import { EpisodeTally } from './episode-tally.js';
import { idAt, type Beginning } from './survey.js';

export interface CopyRows {
  run: RunMetadata;
  reader: StreamReader;
  /** So many rows of each stream, records that are made anew among them. */
  rows: Beginning;
  /** Whether records of an episode are known to be missing. */
  hasGap: (id: string) => boolean;
  /** Whether the steps of an episode were left out, since it was rejected. */
  leftOut: (id: string) => boolean;
  /** What to do with a record that cannot be read. */
  onDamage: (finding: Finding) => void;
  /** Get whole batches, as far as may be. */
  writers: readonly RunWriter[];
  /** See every row in record order. */
  observers: readonly RowObserver[];
  /** Whether durations of records that are made anew are null. */
  timeless: boolean;
}

/** Takes the rows that a survey of the same reader's run has found worth keeping to other writers. */
export async function copyRows(options: CopyRows): Promise<void> {
  const copier = new Copier(options);
  await readEpisodes({
    reader: options.reader,
    missing: { steps: 'none', episodes: 'none' },
    sink: copier,
    add: (finding) => finding.severity === 'error' && options.onDamage(finding),
  });
  await copier.finish();
}

/** Rows of a batch that are to be written, gathered while they follow each other. */
interface Waiting {
  batch: Batch;
  from: number;
  to: number;
}

class Copier implements EpisodeSink {
  private readonly options: CopyRows;
  private readonly recording: Recording;
  private readonly left: Beginning;
  private steps: Waiting | null = null;
  private episodes: Waiting | null = null;
  private tally: EpisodeTally | null = null;
  /** Whether rows were shown of the episode at hand. */
  private open = false;

  constructor(options: CopyRows) {
    this.options = options;
    this.recording = recordingOf(options.run);
    this.left = { ...options.rows };
  }

  async addSteps(batch: Batch, from: number, to: number): Promise<void> {
    const end = Math.min(to, from + this.left.steps);
    if (end === from) return;
    const id = idAt(batch, from);
    this.tally ??= new EpisodeTally(id, parseEpisodeId(id), this.recording);
    this.tally.add(batch, from, end, () => {});
    this.left.steps -= end - from;
    this.open = true;
    for (const observer of this.options.observers) {
      if (this.options.hasGap(id)) observer.markGap?.();
      observer.addSteps(batch, from, end);
    }
    if (this.steps?.batch === batch && this.steps.to === from) this.steps.to = end;
    else {
      await this.flush();
      this.steps = { batch, from, to: end };
    }
    // the reader fills it anew when it is asked for more
    if (to === batch.rows || this.left.steps === 0) await this.flush();
  }

  async endEpisode(batch: Batch | null, row: number): Promise<void> {
    const { tally } = this;
    this.tally = null;
    if (batch === null) {
      if (tally?.ended !== true || !tally.tellsAll || this.left.episodes === 0) return this.showOpen();
      const { run, timeless } = this.options;
      await this.flush();
      const made = tally.record(run, timeless);
      this.show(made, 0);
      for (const writer of this.options.writers) await writer.write(made);
      return;
    }
    if (this.left.episodes === 0) return this.showOpen();
    this.show(batch, row);
    if (this.episodes?.batch === batch && this.episodes.to === row) this.episodes.to = row + 1;
    else {
      await this.flush();
      this.episodes = { batch, from: row, to: row + 1 };
    }
    if (row + 1 === batch.rows || this.left.episodes === 0) await this.flush();
  }

  markGap(): void {
    // said by the survey
  }

  async finish(): Promise<void> {
    await this.flush();
  }

  private show(batch: Batch, row: number): void {
    this.left.episodes--;
    this.open = false;
    const { observers, hasGap, leftOut } = this.options;
    for (const observer of observers) {
      if (hasGap(idAt(batch, row))) observer.markGap?.();
      if (leftOut(idAt(batch, row))) observer.markLeftOut?.();
      observer.endEpisode(batch, row);
    }
  }

  /** The end of an episode that gets no record. */
  private showOpen(): void {
    if (!this.open) return;
    this.open = false;
    for (const observer of this.options.observers) observer.endEpisode(null, 0);
  }

  /** Steps first: an episode's record comes after them. */
  private async flush(): Promise<void> {
    for (const waiting of [this.steps, this.episodes]) {
      if (waiting === null) continue;
      const { batch, from, to } = waiting;
      const rows = sliceRows(batch, from, to);
      for (const writer of this.options.writers) await writer.write(rows);
    }
    this.steps = null;
    this.episodes = null;
  }
}

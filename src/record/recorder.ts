import { createEpisodeBatch, createStepBatch, type EpisodeBatch, type StepBatch } from '../core/batch.js';
import { formatEpisodeId } from '../core/ids.js';
import type { RowObserver, StreamWriter, WrittenFile } from '../core/ports.js';
import { SCHEMA_VERSION } from '../core/streams.js';
import type { EpisodeSummary } from '../sim/simulation.js';

export interface RecorderOptions {
  runId: string;
  observationWidth: number;
  /** Rows of a batch, at least 1. */
  capacity: number;
  /** Every writer of a stream gets each of its batches. */
  writers: { steps: readonly StreamWriter[]; episodes: readonly StreamWriter[] };
  /** See every row in record order: the content digest, validation. */
  observers: readonly RowObserver[];
  /** Whether durations are null, as under `clock: sim`. */
  timeless: boolean;
}

/**
 * Collects rows in one batch a stream and hands full batches to the writers.
 *
 * The capture loop fills `steps` from `steps.rows` on and calls `stamp` for the new rows; `drain` empties both
 * batches. An episode's rows may lie in several batches; observers see them in order.
 */
export class Recorder {
  readonly steps: StepBatch;
  private readonly episodes: EpisodeBatch;
  private readonly options: RecorderOptions;
  private episodeId = '';
  /** First row of the current episode that observers have not seen. */
  private unseen = 0;
  private open = false;
  /** Whether the current episode has steps. */
  private begun = false;

  constructor(options: RecorderOptions) {
    this.options = options;
    this.steps = createStepBatch(options.capacity, options.observationWidth);
    this.episodes = createEpisodeBatch(options.capacity);
    for (const { schema_version: version, run_id: runId } of [this.steps.columns, this.episodes.columns]) {
      version.dictionary.push(SCHEMA_VERSION);
      runId.dictionary.push(options.runId);
    }
    if (options.timeless) {
      this.episodes.columns.duration_ms = null;
      this.episodes.columns.avg_step_time_ms = null;
    }
  }

  /** @param episode number from 1 */
  beginEpisode(episode: number): void {
    this.episodeId = formatEpisodeId(episode);
    this.steps.columns.episode_id.dictionary.push(this.episodeId);
    this.unseen = this.steps.rows;
    this.open = true;
    this.begun = false;
  }

  /**
   * Completes rows [from, steps.rows), all of the current episode.
   * @param ts seconds since the epoch of the i-th of these rows, i from 0
   */
  stamp(from: number, ts: (i: number) => number): void {
    const { rows, columns } = this.steps;
    if (rows > from) this.begun = true;
    for (let row = from; row < rows; row++) columns.ts[row] = ts(row - from);
    columns.episode_id.codes.fill(columns.episode_id.dictionary.length - 1, from, rows);
  }

  /** Ends the current episode. @param durationMs milliseconds it took, not used when timeless */
  endEpisode(summary: EpisodeSummary, durationMs: number): void {
    const { columns } = this.episodes;
    const row = this.episodes.rows++;
    columns.episode_id.codes[row] = columns.episode_id.dictionary.push(this.episodeId) - 1;
    columns.terminated[row] = summary.terminated ? 1 : 0;
    columns.truncated[row] = summary.truncated ? 1 : 0;
    columns.total_steps[row] = summary.totalSteps;
    columns.total_reward[row] = summary.totalReward + 0;
    columns.final_x[row] = summary.finalX;
    columns.final_y[row] = summary.finalY;
    columns.final_distance_to_goal[row] = summary.finalDistance;
    if (columns.duration_ms !== null && columns.avg_step_time_ms !== null) {
      // Microseconds are what the clock is good for, and they print short.
      columns.duration_ms[row] = Math.round(durationMs * 1000) / 1000;
      columns.avg_step_time_ms[row] = Math.round((durationMs * 1e6) / summary.totalSteps) / 1e6;
    }
    this.showSteps();
    for (const observer of this.options.observers) observer.endEpisode(this.episodes, row);
    this.open = false;
  }

  /** Rows of a batch. */
  get capacity(): number {
    return this.options.capacity;
  }

  get full(): boolean {
    return this.steps.rows === this.capacity || this.episodes.rows === this.capacity;
  }

  /** Writes what has been collected and empties the batches. */
  async drain(): Promise<void> {
    if (this.open) this.showSteps();
    const { writers } = this.options;
    for (const [batch, streamWriters] of [
      [this.steps, writers.steps],
      [this.episodes, writers.episodes],
    ] as const) {
      if (batch.rows > 0) for (const writer of streamWriters) await writer.write(batch);
      batch.rows = 0;
      batch.columns.episode_id.dictionary = [];
    }
    if (this.open) this.steps.columns.episode_id.dictionary.push(this.episodeId);
    this.unseen = 0;
  }

  /** Drains, and puts everything so far on disk as closed records. */
  async flush(): Promise<void> {
    await this.drain();
    for (const writer of this.allWriters()) await writer.flush();
  }

  /** Ends the run: an episode still open keeps its steps but gets no episodes row. */
  async close(): Promise<WrittenFile[]> {
    await this.drain();
    if (this.open && this.begun) {
      for (const observer of this.options.observers) observer.endEpisode(null, 0);
    }
    const files: WrittenFile[] = [];
    for (const writer of this.allWriters()) files.push(...(await writer.close()));
    return files;
  }

  private allWriters(): StreamWriter[] {
    const { steps, episodes } = this.options.writers;
    return [...steps, ...episodes];
  }

  private showSteps(): void {
    const { rows } = this.steps;
    if (rows === this.unseen) return;
    for (const observer of this.options.observers) observer.addSteps(this.steps, this.unseen, rows);
    this.unseen = rows;
  }
}

import { createEpisodeBatch, createStepBatch, type EpisodeBatch, type StepBatch } from '../core/batch.js';
import { EpisodeDigests } from '../core/digest.js';
import { formatEpisodeId } from '../core/ids.js';
import type { Clock, EncodedRows, RowEncoder } from '../core/ports.js';
import { schemaVersionOf, streamsOf, type Recording } from '../core/streams.js';
import type { EpisodeSummary } from '../sim/simulation.js';
import type { Chunk, EpisodePart } from './chunk.js';

import type { Quality } from './quality.js';
import { setAside } from './set-aside.js';

export interface ChunkBuilderOptions {
  runId: string;
  recording: Recording;
  /** Values in an observation. */
  observationWidth: number;
  /** Most steps, and most episodes, of a chunk. */
  capacity: number;
  episodeCapacity: number;
  /** Decides which episodes are rejected; null, or left out, when no rule is on. */
  quality?: Quality | null;
  /** Most steps of an episode where they are handed on together, since they may be left out; null elsewhere. */
  heldSteps?: number | null;
  /** Whether durations are null, as under `clock: sim`. */
  timeless: boolean;
  /** Null when the backend encodes as it writes. */
  encoder: RowEncoder | null;
  /** Whether the episodes' digests are made. */
  digests: boolean;
  clock: Clock;
  /** Whether the columns of a chunk may be used again for the next one. */
  reuse: boolean;
}

/** Fills one chunk after another: the loop that simulates writes `steps` from `steps.rows` on. */
export class ChunkBuilder {
  steps: StepBatch;
  private episodes: EpisodeBatch;
  private readonly options: ChunkBuilderOptions;
  private readonly digests: EpisodeDigests | null;
  private made: Uint8Array[] = [];
  private parts: EpisodePart[] = [];
  private samples: StepBatch[] = [];
  private taken = 0;
  private episodeId = '';
  /** Whether an episode is being recorded, and whether it has had a step. */
  private open = false;
  private begun = false;
  /** First row of that episode in the chunk. */
  private from = 0;

  constructor(options: ChunkBuilderOptions) {
    this.options = options;
    const keep = (digest: Uint8Array): void => void this.made.push(digest);
    this.digests = options.digests ? new EpisodeDigests(streamsOf(options.recording), keep) : null;
    this.steps = this.newSteps();
    this.episodes = this.newEpisodes();
  }

  get full(): boolean {
    const { capacity, episodeCapacity, heldSteps = null } = this.options;
    if (heldSteps === null) return this.steps.rows === capacity || this.episodes.rows === episodeCapacity;
    if (this.holds) return false;
    const rows = this.samples.reduce((sum, sample) => sum + sample.rows, this.steps.rows);
    return rows + heldSteps > capacity || this.episodes.rows === episodeCapacity;
  }

  /** Whether there are steps that may still be left out. */
  get holds(): boolean {
    return (this.options.heldSteps ?? null) !== null && this.open && this.begun;
  }

  /** Steps of the chunk, and those it has set aside. */
  get batches(): readonly StepBatch[] {
    return [this.steps, ...this.samples];
  }

  /** @param episode number from 1 */
  beginEpisode(episode: number): void {
    this.episodeId = formatEpisodeId(episode);
    this.open = true;
    this.begun = false;
    this.from = this.steps.rows;
    this.nameEpisode();
  }

  /** Says that steps were taken, and that rows from `from` on are those of them that are recorded. */
  addSteps(from: number, taken: number): void {
    const { rows, columns } = this.steps;
    this.taken += taken;
    if (rows > from) this.begun = true;
    columns.episode_id.codes.fill(columns.episode_id.dictionary.length - 1, from, rows);
  }

  /** Ends the episode. @param durationMs milliseconds it took, not used when timeless */
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
    const rejection = this.options.quality?.endEpisode(this.episodes, row) ?? null;
    if (rejection !== null && rejection.steps !== 'kept') this.leaveOut(rejection.steps === 'sampled');
    this.parts.push({ from: this.from, to: this.steps.rows, record: row, rejection });
    this.open = false;
  }

  /** Takes the steps of the episode out of the chunk, all of which are in it. */
  private leaveOut(isSampled: boolean): void {
    if (isSampled) this.samples.push(setAside(this.steps, this.from, this.steps.rows));
    this.steps.rows = this.from;
  }

  /**
   * The chunk as it stands, to be followed by `renew`.
   * @param whole every row must be in what is encoded, not in a member that is still open
   * @param cut the capture ends here: an episode still open keeps its steps but gets no record
   */
  take({ whole, cut }: { whole: boolean; cut: boolean }): Chunk {
    const { encoder } = this.options;
    if (this.open && this.steps.rows > this.from) {
      this.parts.push({ from: this.from, to: this.steps.rows, record: null, rejection: null });
    }
    const { steps, episodes, parts, samples, taken } = this;
    for (const { from, to, record } of parts) {
      if (to > from) this.digests?.addSteps(steps, from, to);
      if (record !== null) this.digests?.endEpisode(episodes, record);
    }
    if (cut && this.open && this.begun) this.digests?.endEpisode(null, 0);
    const begun = this.options.clock.monotonic();
    const encoded = encoder === null ? null : this.encode(encoder, whole || cut);
    const encodeMs = this.options.clock.monotonic() - begun;
    const { made: digests } = this;
    return { steps, episodes, parts, samples, digests, encoded, encodeMs, waitedMs: 0, taken, cut };
  }

  private encode(encoder: RowEncoder, whole: boolean): EncodedRows[] {
    const encoded: EncodedRows[] = [];
    for (const batch of [this.steps, this.episodes]) {
      const rows = batch.rows > 0 ? encoder.encode(batch) : null;
      if (rows !== null) encoded.push(rows);
    }
    if (whole) encoded.push(...encoder.flush());
    return encoded;
  }

  private nameEpisode(): void {
    this.steps.columns.episode_id.dictionary.push(this.episodeId);
  }

  /** Begins the next chunk; the one before is no longer used. */
  renew(): void {
    this.made = [];
    this.parts = [];
    this.samples = [];
    this.taken = 0;
    this.from = 0;
    if (this.options.reuse) {
      for (const batch of [this.steps, this.episodes]) {
        batch.rows = 0;
        batch.columns.episode_id.dictionary = [];
      }
    } else {
      this.steps = this.newSteps();
      this.episodes = this.newEpisodes();
    }
    if (this.open) this.nameEpisode();
  }

  private newSteps(): StepBatch {
    const { capacity, observationWidth, recording } = this.options;
    return this.named(createStepBatch(capacity, observationWidth, streamsOf(recording).steps));
  }

  private newEpisodes(): EpisodeBatch {
    const batch = this.named(createEpisodeBatch(this.options.episodeCapacity));
    if (this.options.timeless) {
      batch.columns.duration_ms = null;
      batch.columns.avg_step_time_ms = null;
    }
    return batch;
  }

  private named<B extends StepBatch | EpisodeBatch>(batch: B): B {
    batch.columns.schema_version.dictionary.push(schemaVersionOf(this.options.recording));
    batch.columns.run_id.dictionary.push(this.options.runId);
    return batch;
  }
}

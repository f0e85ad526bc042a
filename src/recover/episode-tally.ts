import { createEpisodeBatch, flags, numbers, type Batch } from '../core/batch.js';
import type { RunMetadata } from '../core/records.js';
import type { Recording } from '../core/streams.js';

/** What the steps of one episode have come to so far, kept so that its record can be made of them. */
export class EpisodeTally {
  readonly id: string;
  /** Null when the id is none. */
  readonly number: number | null;
  rows = 0;
  /** Number of the last step; 0 before the first. */
  last = 0;
  /** Whether no step is missing before the last. */
  unbroken = true;
  terminated = false;
  truncated = false;
  /** Seconds since the epoch. */
  lastTs: number | null = null;
  private readonly recording: Recording;
  private firstTs: number | null = null;
  private reward = 0;
  private x = 0;
  private y = 0;
  private distance = 0;

  constructor(id: string, number: number | null, recording: Recording) {
    this.id = id;
    this.number = number;
    this.recording = recording;
  }

  /** Whether its last step was recorded, and all before it that should be. */
  get ended(): boolean {
    return this.unbroken && (this.terminated || this.truncated);
  }

  /** Whether the steps say all that stands in the record. */
  get tellsAll(): boolean {
    const { step_interval: interval, omitted } = this.recording;
    return interval === 1 && !omitted.includes('reward');
  }

  /**
   * Adds rows [from, to) of a steps batch.
   * @param onGap told of the step before a gap (0 for none) and the one behind it
   */
  add(batch: Batch, from: number, to: number, onGap: (before: number, behind: number) => void): void {
    const { step_interval: interval } = this.recording;
    const steps = numbers(batch, 'step')!;
    const terminated = flags(batch, 'terminated')!;
    const truncated = flags(batch, 'truncated')!;
    const rewards = numbers(batch, 'reward');
    let { last, reward } = this;
    for (let row = from; row < to; row++) {
      const step = steps[row]!;
      const next = last === 0 ? 1 : last + interval;
      // the last step of an episode is kept whatever the interval
      const isLast = step > last && step < next && (terminated[row] === 1 || truncated[row] === 1);
      if (step !== next && !isLast) {
        this.unbroken = false;
        onGap(last, step);
      }
      last = step;
      if (rewards !== null) reward += rewards[row]!;
    }
    this.last = last;
    this.reward = reward;
    this.rows += to - from;
    this.takeEnd(batch, from, to - 1);
  }

  /**
   * The record, as the capture would have made it, but for the time, which is that between first and last step.
   * @param timeless whether durations are null, as under `clock: sim`
   */
  record(run: Pick<RunMetadata, 'run_id' | 'schema_version'>, timeless: boolean): Batch {
    const batch = createEpisodeBatch(1);
    const { columns } = batch;
    batch.rows = 1;
    columns.schema_version.dictionary.push(run.schema_version);
    columns.run_id.dictionary.push(run.run_id);
    columns.episode_id.dictionary.push(this.id);
    columns.terminated[0] = this.terminated ? 1 : 0;
    columns.truncated[0] = this.truncated ? 1 : 0;
    columns.total_steps[0] = this.last;
    columns.total_reward[0] = this.reward + 0;
    columns.final_x[0] = this.x;
    columns.final_y[0] = this.y;
    columns.final_distance_to_goal[0] = this.distance;
    if (timeless) {
      columns.duration_ms = null;
      columns.avg_step_time_ms = null;
    } else {
      const ms = Math.max(0, Math.round(((this.lastTs ?? 0) - (this.firstTs ?? 0)) * 1e6) / 1000);
      columns.duration_ms![0] = ms;
      columns.avg_step_time_ms![0] = Math.round((ms * 1e6) / this.last) / 1e6;
    }
    return batch;
  }

  private takeEnd(batch: Batch, first: number, last: number): void {
    const at = (name: string, row: number): number => numbers(batch, name)![row]!;
    this.firstTs ??= at('ts', first);
    this.lastTs = at('ts', last);
    this.terminated = flags(batch, 'terminated')![last] === 1;
    this.truncated = flags(batch, 'truncated')![last] === 1;
    this.x = at('agent_x', last);
    this.y = at('agent_y', last);
    this.distance = at('distance_to_goal', last);
  }
}

import { CaptureError } from '../core/errors.js';
import type { Clock } from '../core/ports.js';
import type { Recording } from '../core/streams.js';
import { bufferRows } from './buffer.js';
import { ChunkBuilder } from './chunk-builder.js';
import type { Chunk } from './chunk.js';
import { recordingOfConfig, type RecordConfig } from './config.js';
import { checkEpisode, type EpisodeData, type OpenEpisode } from './episode-data.js';
import type { RunRecorderOptions } from './recorder-options.js';
import { checkFields, observationOf, pairOf, writeStep, type StepData } from './step-data.js';
import { thin } from './thin.js';

/** Steps that come one by one, collected as columns. */
export class EpisodeRows {
  /** Episodes that have ended. */
  episodes = 0;
  private readonly options: RunRecorderOptions;
  private readonly record: RecordConfig;
  private readonly recording: Recording;
  private readonly runId: string;
  private readonly clock: Clock;
  /** Known with the first step, which says how wide observations are. */
  private builder: ChunkBuilder | null = null;
  private width: number | null = null;
  private open: OpenEpisode | null = null;

  constructor(options: RunRecorderOptions, record: RecordConfig, runId: string, clock: Clock) {
    this.options = options;
    this.record = record;
    this.recording = recordingOfConfig(record);
    this.runId = runId;
    this.clock = clock;
  }

  /** Adds a step; gives whether what has been collected is to be taken. */
  addStep(data: StepData): boolean {
    const { columns } = this.recording;
    const number = (this.open?.steps ?? 0) + 1;
    checkFields(number, data, columns);
    const observation = observationOf(number, data, this.width);
    const [x, y] = pairOf(number, 'position', data.position, true);
    const builder = this.builderFor(observation.length);
    const episode = (this.open ??= this.begin(builder));
    const { steps } = builder;
    const row = steps.rows;
    writeStep(steps, row, number, data, columns);
    const { source, goalRadius } = this.options.environment;
    const distance = data.distance_to_goal ?? Math.sqrt((x - source[0]) ** 2 + (y - source[1]) ** 2);
    const done = data.done === true && data.terminated === undefined && data.truncated === undefined;
    const terminated = data.terminated ?? (done && distance <= goalRadius);
    const truncated = data.truncated ?? (done && distance > goalRadius);
    const { columns: c } = steps;
    c.ts[row] = data.timestamp ?? this.clock.now() / 1000;
    c.terminated[row] = terminated ? 1 : 0;
    c.truncated[row] = truncated ? 1 : 0;
    c.distance_to_goal[row] = distance;
    c.observation_summary?.values.set(observation, row * observation.length);
    c.seed[row] = this.options.seeds[this.episodes]!;
    steps.rows++;
    this.keep(builder, row);
    const reward = episode.reward + data.reward;
    this.open = { ...episode, steps: number, reward, x, y, distance, terminated, truncated };
    return builder.full;
  }

  /** Ends the episode at hand; gives whether what has been collected is to be taken. */
  endEpisode(data: EpisodeData): boolean {
    const { open, builder } = this;
    if (open === null || open.steps === 0 || builder === null) {
      throw new CaptureError('input', `episode ${this.episodes + 1} has no steps`, {
        hint: 'call recordStep for each step before recordEpisode',
      });
    }
    checkEpisode(this.episodes + 1, data, open);
    const { terminated, truncated, steps, reward, x, y, distance } = open;
    const summary = { terminated, truncated, totalSteps: steps, totalReward: reward };
    builder.endEpisode(
      { ...summary, finalX: x, finalY: y, finalDistance: distance },
      this.clock.monotonic() - open.begunMs,
    );
    this.open = null;
    this.episodes++;
    return builder.full;
  }

  /** What has been collected; null before the first step. */
  take(how: { whole: boolean; cut: boolean }): Chunk | null {
    if (this.builder === null) return null;
    const chunk = this.builder.take(how);
    this.builder.renew();
    return chunk;
  }

  /** Leaves the row out when it is not to be recorded. */
  private keep(builder: ChunkBuilder, row: number): void {
    const { full, step_interval: interval } = this.recording;
    if (!full) builder.steps.rows = row;
    else if (interval > 1) thin(builder.steps, row, interval);
    builder.addSteps(row, 1);
  }

  private begin(builder: ChunkBuilder): OpenEpisode {
    const { seeds } = this.options;
    const number = this.episodes + 1;
    if (number > seeds.length) {
      throw new CaptureError('input', `there are ${seeds.length} seeds, and this is episode ${number}`, {
        hint: 'give the recorder a seed for every episode',
      });
    }
    builder.beginEpisode(number);
    const begunMs = this.clock.monotonic();
    return { steps: 0, reward: 0, x: 0, y: 0, distance: 0, terminated: false, truncated: false, begunMs };
  }

  private builderFor(width: number): ChunkBuilder {
    this.width = width;
    const capacity = bufferRows(this.record, width);
    return (this.builder ??= new ChunkBuilder({
      runId: this.runId,
      recording: this.recording,
      observationWidth: width,
      capacity,
      episodeCapacity: capacity,
      timeless: false,
      // the writer encodes as it writes
      encoder: null,
      digests: true,
      clock: this.clock,
      reuse: false,
    }));
  }
}

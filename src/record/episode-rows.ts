import { CaptureError } from '../core/errors.js';
import type { Clock } from '../core/ports.js';
import type { Recording } from '../core/streams.js';
import { bufferRows } from './buffer.js';
import { ChunkBuilder } from './chunk-builder.js';
import type { Chunk } from './chunk.js';
import { recordingOfConfig } from './config.js';
import { checkEpisode, type EpisodeData, type OpenEpisode } from './episode-data.js';
import type { CheckedOptions } from './recorder-options.js';
import type { StepData } from './step-data.js';
import { StepReader } from './step-reader.js';
import { thin } from './thin.js';

/** Steps that come one by one, collected as columns. */
export class EpisodeRows {
  /** Episodes that have ended. */
  episodes = 0;
  private readonly options: CheckedOptions;
  private readonly recording: Recording;
  private readonly runId: string;
  private readonly clock: Clock;
  private readonly now: () => number;
  private readonly reader: StepReader;
  /** Made with the first step, which says how wide observations are. */
  private builder: ChunkBuilder | null = null;
  private width: number | null = null;
  private open: OpenEpisode | null = null;

  constructor(options: CheckedOptions, runId: string, clock: Clock) {
    this.options = options;
    this.recording = recordingOfConfig(options.record);
    this.runId = runId;
    this.clock = clock;
    this.now = () => clock.now() / 1000;
    this.reader = new StepReader(this.recording, options.environment);
  }

  /** Adds a step; gives whether what has been collected is to be taken. */
  addStep(data: StepData): boolean {
    const { reader } = this;
    reader.read((this.open?.steps ?? 0) + 1, data, this.width);
    if (this.open === null) this.requireSeed();
    const builder = (this.builder ??= this.newBuilder(reader.width));
    const episode = (this.open ??= this.begin(builder));
    const { steps } = builder;
    const row = steps.rows;
    reader.write(steps, row, this.now);
    steps.columns.seed[row] = this.options.seeds[this.episodes]!;
    steps.rows++;
    this.keep(builder, row);
    episode.steps = reader.step;
    episode.reward += reader.reward;
    episode.x = reader.x;
    episode.y = reader.y;
    episode.distance = reader.distance;
    episode.terminated = reader.terminated;
    episode.truncated = reader.truncated;
    return builder.full;
  }

  /** Ends the episode at hand; gives whether what has been collected is to be taken. */
  endEpisode(data: EpisodeData): boolean {
    const { open, builder } = this;
    if (open === null || builder === null) {
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
  take({ cut }: { cut: boolean }): Chunk | null {
    if (this.builder === null) return null;
    const chunk = this.builder.take({ whole: true, cut });
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

  private requireSeed(): void {
    const { seeds } = this.options;
    const number = this.episodes + 1;
    if (number <= seeds.length) return;
    throw new CaptureError('input', `there are ${seeds.length} seeds, and this is episode ${number}`, {
      hint: 'give the recorder a seed for every episode',
    });
  }

  private begin(builder: ChunkBuilder): OpenEpisode {
    builder.beginEpisode(this.episodes + 1);
    const begunMs = this.clock.monotonic();
    return { steps: 0, reward: 0, x: 0, y: 0, distance: 0, terminated: false, truncated: false, begunMs };
  }

  private newBuilder(width: number): ChunkBuilder {
    this.width = width;
    const capacity = bufferRows(this.options.record, width);
    return new ChunkBuilder({
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
    });
  }
}

import { setImmediate } from 'node:timers/promises';
import type { StepBatch } from '../core/batch.js';
import type { Clock } from '../core/ports.js';
import type { Recording } from '../core/streams.js';
import type { Simulation } from '../sim/simulation.js';
import type { EpisodeBlock } from './blocks.js';
import type { ChunkBuilder } from './chunk-builder.js';
import type { Chunk } from './chunk.js';
import type { Quality } from './quality.js';
import type { StepOffsets } from './step-offsets.js';
import { Stride } from './stride.js';
import { thin } from './thin.js';

/** Milliseconds between two pauses, in which signals are seen. */
const PAUSE_EVERY_MS = 50;

export interface EpisodeLoopOptions {
  simulation: Simulation;
  builder: ChunkBuilder;
  recording: Recording;
  /** Sees the steps as they are taken; null when no rule is on. */
  quality: Quality | null;
  clock: Clock;
  offsets: StepOffsets;
  /** Seed of the first episode of the run. */
  seed: number;
  /** Null under the machine's clock; otherwise when the run starts (seconds since the epoch) and steps a second. */
  simulatedTime: { start: number; fps: number } | null;
  /** Most milliseconds until what has been recorded is handed on (under the machine's clock). */
  flushMs: number;
  /** Whether the capture is to end. */
  interrupted(): boolean;
}

/**
 * Why simulating stops for a moment: a chunk is to be handed on, since it is `full`, or it is time to (`flush`), or
 * the capture is interrupted (`cut`) or the block done; or a movie frame (`pending`) or a `pause` is to be awaited.
 */
type Stop = 'full' | 'flush' | 'cut' | 'done' | 'pending' | 'pause';

/** Simulates episodes and hands on what is recorded of them. */
export class EpisodeLoop {
  private readonly options: EpisodeLoopOptions;
  private readonly stride: Stride;
  private handedOnAt: number;
  private pausedAt: number;
  /** The episode at hand, and when it was begun; null between two. */
  private episode = 0;
  private begunAt: number | null = null;
  /** Steps of the block's episodes so far, and when the episode at hand began. */
  private steps = 0;
  private stepsBefore = 0;

  constructor(options: EpisodeLoopOptions) {
    this.options = options;
    this.handedOnAt = options.clock.monotonic();
    this.pausedAt = this.handedOnAt;
    this.stride = new Stride(this.handedOnAt);
  }

  /**
   * The chunks of blocks of episodes. All rows of a block are in its own, encoded too; a chunk is valid until the
   * next. When a step fails, the steps before it are handed on first; an interruption ends it all.
   */
  async *run(blocks: Iterable<EpisodeBlock>): AsyncGenerator<Chunk> {
    const { builder, simulation } = this.options;
    for (const block of blocks) {
      this.episode = block.from;
      this.begunAt = null;
      this.steps = 0;
      for (let stop: Stop = 'full'; stop !== 'done';) {
        try {
          stop = this.simulate(block);
          if (stop === 'pending') await simulation.pending();
        } catch (error) {
          yield this.handOn(block, 'flush');
          throw error;
        }
        if (stop === 'pause') await setImmediate();
        if (stop === 'pause' || stop === 'pending') continue;
        yield this.handOn(block, stop);
        builder.renew();
        if (stop === 'cut') return;
      }
    }
  }

  /** Simulates until there is something to hand on or to wait for; not a generator, which would cost at every step. */
  private simulate(block: EpisodeBlock): Stop {
    const { builder, simulation, clock } = this.options;
    for (;;) {
      if (this.episode === block.to) return 'done';
      if (this.options.interrupted()) return 'cut';
      this.begunAt ??= this.begin();
      if (builder.full) return 'full';
      const state = this.fill();
      if (state === 'waiting') return 'pending';
      const now = clock.monotonic();
      if (state === 'over') {
        builder.endEpisode(simulation.summary(), now - this.begunAt);
        this.begunAt = null;
        this.episode++;
      }
      this.stride.look(now, state === 'full');
      const stop = this.due(now);
      if (stop !== null && this.episode !== block.to) return stop;
    }
  }

  private begin(): number {
    const { builder, simulation, quality, clock, seed } = this.options;
    const begunAt = clock.monotonic();
    this.stepsBefore = this.steps;
    simulation.begin(seed + this.episode, this.episode);
    builder.beginEpisode(this.episode + 1);
    quality?.beginEpisode(this.episode + 1, seed + this.episode);
    return begunAt;
  }

  /** What time it is for. */
  private due(now: number): 'flush' | 'pause' | null {
    const { builder, simulatedTime, flushMs } = this.options;
    if (simulatedTime === null && now - this.handedOnAt >= flushMs && !builder.holds) return 'flush';
    if (now - this.pausedAt < PAUSE_EVERY_MS) return null;
    this.pausedAt = now;
    return 'pause';
  }

  private handOn({ number }: EpisodeBlock, stop: 'full' | 'flush' | 'cut' | 'done'): Chunk {
    const { builder, clock, offsets, simulatedTime } = this.options;
    if (simulatedTime !== null) {
      const before = offsets.before(number);
      if (stop === 'done' || stop === 'cut') offsets.settle(number, before + this.steps);
      for (const batch of builder.batches) stampRows(batch, before, simulatedTime);
    }
    this.handedOnAt = clock.monotonic();
    return builder.take({ whole: stop !== 'full', cut: stop === 'cut' });
  }

  /** Takes steps until the chunk is full, the episode over, or it is time to look at the clock. */
  private fill(): ReturnType<Simulation['fill']> {
    const { builder, simulation, simulatedTime } = this.options;
    const { steps } = builder;
    const from = steps.rows;
    const room = steps.columns.step.length;
    const end = simulatedTime === null ? Math.min(room, from + this.stride.steps) : room;
    try {
      return simulation.fill(steps, end);
    } finally {
      // those before a step that fails, too
      this.keep(from);
    }
  }

  /** Leaves in the chunk what is recorded of the steps from a row on. */
  private keep(from: number): void {
    const { builder, recording, quality, clock, simulatedTime } = this.options;
    const { steps } = builder;
    const taken = steps.rows - from;
    quality?.addSteps(steps, from, steps.rows);
    if (!recording.full) steps.rows = from;
    else if (recording.step_interval > 1) thin(steps, from, recording.step_interval);
    this.steps += taken;
    const ts = simulatedTime === null ? clock.now() / 1000 : this.stepsBefore;
    steps.columns.ts.fill(ts, from, steps.rows);
    builder.addSteps(from, taken);
  }
}

/**
 * Writes ts of rows under `clock: sim`: start plus steps so far, by the step's own number in its episode. Until then
 * it holds how many steps of the block came before the episode.
 */
function stampRows(
  { columns: { ts, step }, rows }: StepBatch,
  before: number,
  { start, fps }: { start: number; fps: number },
): void {
  for (let row = 0; row < rows; row++) ts[row] = start + (before + ts[row]! + step[row]!) / fps;
}

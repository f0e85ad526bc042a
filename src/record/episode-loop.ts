import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../core/ports.js';
import type { Recording } from '../core/streams.js';
import type { Simulation } from '../sim/simulation.js';
import type { EpisodeBlock } from './blocks.js';
import type { ChunkBuilder } from './chunk-builder.js';
import type { Chunk } from './chunk.js';
import type { StepOffsets } from './step-offsets.js';
import { thin } from './thin.js';

/** Steps between two looks at the clock; far less than the millisecond it tells apart. */
const CLOCK_STRIDE = 64;
/** Milliseconds between two pauses, in which signals are seen. */
const PAUSE_EVERY_MS = 50;

export interface EpisodeLoopOptions {
  simulation: Simulation;
  builder: ChunkBuilder;
  recording: Recording;
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

/** Simulates episodes and hands on what is recorded of them. */
export class EpisodeLoop {
  private readonly options: EpisodeLoopOptions;
  private handedOnAt: number;
  private pausedAt: number;

  constructor(options: EpisodeLoopOptions) {
    this.options = options;
    this.handedOnAt = options.clock.monotonic();
    this.pausedAt = this.handedOnAt;
  }

  /**
   * The chunks of a block of episodes. All its rows are in them, encoded too; a chunk is valid until the next. When a
   * step fails, the steps before it are handed on first.
   */
  async *run(block: EpisodeBlock): AsyncGenerator<Chunk> {
    const { builder, simulation, clock, offsets, seed, simulatedTime } = this.options;
    /** Steps of the block's episodes before this one, and of the chunks before this one. */
    let steps = 0;
    /** Rows of the chunk at hand, by how many steps of the block came before their episode. */
    let stamps: Stamp[] = [];
    const handOn = function* (
      this: EpisodeLoop,
      end: boolean,
      cut: boolean,
      whole: boolean,
    ): Generator<Chunk> {
      if (simulatedTime !== null) {
        const before = offsets.before(block.number);
        if (end) offsets.settle(block.number, before + steps);
        stampRows(builder, stamps, before, simulatedTime);
        stamps = [];
      }
      this.handedOnAt = clock.monotonic();
      yield builder.take({ whole, cut });
      builder.renew();
    }.bind(this);

    try {
      for (let episode = block.from; episode < block.to; episode++) {
        if (this.options.interrupted()) {
          yield* handOn(true, true, true);
          return;
        }
        const begun = clock.monotonic();
        const stepsBefore = steps;
        simulation.begin(seed + episode, episode);
        builder.beginEpisode(episode + 1);
        for (let state = 'full'; state !== 'over';) {
          if (builder.full) yield* handOn(false, false, false);
          const from = builder.steps.rows;
          const taken = this.fill();
          ({ state } = taken);
          steps += taken.steps;
          stamps.push({ from, to: builder.steps.rows, stepsBefore });
          if (taken.failure !== null) throw taken.failure.error;
          if (state === 'waiting') await simulation.pending();
          if (state === 'over') break;
          if (this.options.interrupted()) {
            yield* handOn(true, true, true);
            return;
          }
          const now = clock.monotonic();
          if (simulatedTime === null && now - this.handedOnAt >= this.options.flushMs) {
            yield* handOn(false, false, true);
          }
          if (now - this.pausedAt >= PAUSE_EVERY_MS) {
            this.pausedAt = now;
            await setImmediate();
          }
        }
        builder.endEpisode(simulation.summary(), clock.monotonic() - begun);
        if (episode + 1 === block.to) yield* handOn(true, false, true);
      }
    } catch (error) {
      yield* handOn(false, false, true);
      throw error;
    }
  }

  /** Takes steps until the chunk is full, the episode over, or it is time to look at the clock. */
  private fill(): Filled {
    const { builder, simulation, recording, clock, simulatedTime } = this.options;
    const { steps } = builder;
    const from = steps.rows;
    const room = steps.columns.step.length;
    let state: Filled['state'] = 'over';
    let failure: Filled['failure'] = null;
    try {
      state = simulation.fill(steps, simulatedTime === null ? Math.min(room, from + CLOCK_STRIDE) : room);
    } catch (error) {
      failure = { error };
    }
    const taken = steps.rows - from;
    if (!recording.full) steps.rows = from;
    else if (recording.step_interval > 1) thin(steps, from, recording.step_interval);
    if (simulatedTime === null) steps.columns.ts.fill(clock.now() / 1000, from, steps.rows);
    builder.addSteps(from, taken);
    return { state, steps: taken, failure };
  }
}

interface Filled {
  state: ReturnType<Simulation['fill']>;
  steps: number;
  /** What went wrong in the step after these. */
  failure: { error: unknown } | null;
}

interface Stamp {
  from: number;
  to: number;
  stepsBefore: number;
}

/** Writes ts of rows under `clock: sim`: start plus steps so far, by the step's own number in its episode. */
function stampRows(
  { steps: { columns } }: ChunkBuilder,
  stamps: readonly Stamp[],
  before: number,
  { start, fps }: { start: number; fps: number },
): void {
  const { ts, step } = columns;
  for (const { from, to, stepsBefore } of stamps) {
    const offset = before + stepsBefore;
    for (let row = from; row < to; row++) ts[row] = start + (offset + step[row]!) / fps;
  }
}

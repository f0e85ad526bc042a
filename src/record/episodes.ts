import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../core/ports.js';
import type { Simulation } from '../sim/simulation.js';
import type { Recorder } from './recorder.js';
import type { CaptureSettings } from './settings.js';

/** Steps between two looks at the clock; far less than the millisecond it tells apart. */
const CLOCK_STRIDE = 64;
/** Milliseconds between two pauses for signals, progress and flushing. */
const PAUSE_EVERY_MS = 50;

export interface Progress {
  episodes: number;
  steps: number;
}

export interface EpisodeLoop {
  settings: CaptureSettings;
  simulation: Simulation;
  recorder: Recorder;
  clock: Clock;
  /** Start of the run, milliseconds since the epoch. */
  startMs: number;
  signal: AbortSignal;
  onProgress(progress: Progress): void;
}

/** Runs the episodes into the recorder until all are done or the signal aborts; gives what was captured. */
export async function runEpisodes(loop: EpisodeLoop): Promise<Progress> {
  const { settings, simulation, recorder, clock, signal } = loop;
  const interrupted = (): boolean => signal.aborted;
  const wall = settings.clock === 'wall';
  const flushMs = settings.record.performance.buffer.flush_interval_seconds * 1000;
  const { steps, capacity } = recorder;
  const done: Progress = { episodes: 0, steps: 0 };
  /** Seconds since the epoch of the i-th step after `before` others. */
  const timeOf = (before: number): ((i: number) => number) => {
    if (!wall) return (i) => loop.startMs / 1000 + (before + i + 1) / settings.fps;
    const now = clock.now() / 1000;
    return () => now;
  };
  let flushedAt = clock.monotonic();
  let pausedAt = flushedAt;

  for (let episode = 0; episode < settings.episodes && !interrupted(); episode++) {
    const begun = clock.monotonic();
    simulation.begin(settings.seed + episode, episode);
    recorder.beginEpisode(episode + 1);
    for (let state = 'full'; state !== 'over';) {
      if (recorder.full) await recorder.drain();
      const from = steps.rows;
      state = simulation.fill(steps, wall ? Math.min(capacity, from + CLOCK_STRIDE) : capacity);
      if (state === 'waiting') await simulation.pending();
      recorder.stamp(from, timeOf(done.steps));
      done.steps += steps.rows - from;

      const now = clock.monotonic();
      if (now - pausedAt < PAUSE_EVERY_MS) continue;
      pausedAt = now;
      loop.onProgress(done);
      // Signals are only seen when the loop yields.
      await setImmediate();
      if (interrupted() && state !== 'over') return done;
      // Under clock: sim the files do not depend on how long it took.
      if (wall && now - flushedAt >= flushMs) {
        await recorder.flush();
        flushedAt = now;
      }
    }
    recorder.endEpisode(simulation.summary(), clock.monotonic() - begun);
    done.episodes++;
  }
  return done;
}

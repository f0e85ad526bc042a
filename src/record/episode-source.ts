import { bufferRows, flushIntervalMs } from './buffer.js';
import { blockEpisodes, episodeBlocks, type EpisodeBlock } from './blocks.js';
import { ChunkBuilder } from './chunk-builder.js';
import { buffersOf, type Chunk } from './chunk.js';
import { recordingOfConfig } from './config.js';
import { EpisodeLoop } from './episode-loop.js';
import type { Done } from './record-run.js';
import { holdsEpisodes, openQuality } from './quality.js';
import type { CaptureSettings } from './settings.js';
import { RunningOffsets, SharedOffsets, type StepOffsets } from './step-offsets.js';
import type { Backend } from '../backends/backend.js';
import { storageOptions } from '../backends/storage.js';
import type { Clock } from '../core/ports.js';
import { streamsOf } from '../core/streams.js';
import { builtEntry } from '../io/package-info.js';
import { release } from '../io/release.js';
import { OrderedThreads } from '../io/threads.js';
import type { Simulation } from '../sim/simulation.js';

/** What a run's episodes are made with, whichever thread makes them. */
export interface EpisodePlan {
  settings: CaptureSettings;
  runId: string;
  /** Start of the run, milliseconds since the epoch. */
  startMs: number;
  done: Done;
}

/** Where the records of a run come from: chunks in record order. */
export interface EpisodeSource {
  chunks(): AsyncGenerator<Chunk>;
  /** How full the queue between the threads is, 0 to 1; null without threads. */
  queued(): number | null;
}

export interface LoopParts {
  simulation: Simulation;
  backend: Backend;
  clock: Clock;
  offsets: StepOffsets;
  reuse: boolean;
  interrupted(): boolean;
}

export function createLoop({ settings, runId, startMs }: EpisodePlan, parts: LoopParts): EpisodeLoop {
  const { record, qc, clock, fps, seed, episodes, env, rotateBytes } = settings;
  const { simulation, backend } = parts;
  const recording = recordingOfConfig(record);
  const capacity = bufferRows(record, simulation.observationWidth);
  const timeless = clock === 'sim';
  const { durability } = record;
  const storage = storageOptions(record.storage, { rotateBytes, timed: !timeless, durability });
  const quality = openQuality(qc, simulation);
  const builder = new ChunkBuilder({
    runId,
    recording,
    observationWidth: simulation.observationWidth,
    capacity,
    episodeCapacity: Math.min(capacity, blockEpisodes(episodes, env.max_steps)),
    quality,
    heldSteps: holdsEpisodes(qc) ? env.max_steps : null,
    timeless,
    clock: parts.clock,
    digests: backend.discards !== true,
    encoder: backend.openEncoder?.({ streams: streamsOf(recording), storage }) ?? null,
    reuse: parts.reuse,
  });
  return new EpisodeLoop({
    ...parts,
    builder,
    recording,
    quality,
    seed,
    simulatedTime: timeless ? { start: startMs / 1000, fps } : null,
    flushMs: flushIntervalMs(record),
  });
}

/** Episodes one after another on this thread. */
function episodesHere(
  plan: EpisodePlan,
  parts: Omit<LoopParts, 'offsets' | 'reuse' | 'interrupted'> & { signal: AbortSignal },
): EpisodeSource {
  const { episodes, env } = plan.settings;
  const { signal } = parts;
  const loop = createLoop(plan, {
    ...parts,
    offsets: new RunningOffsets(plan.done.taken),
    reuse: true,
    interrupted: () => signal.aborted,
  });
  return {
    chunks: () => loop.run(episodeBlocks(episodes, env.max_steps, plan.done.episodes)),
    queued: () => null,
  };
}

/** What a thread that makes episodes is started with. */
export interface EpisodeThread extends EpisodePlan {
  /** As a configuration names it, and the folder from which one of one's own is found. */
  backend: string;
  cwd: string;
  offsets: SharedArrayBuffer;
  /** One int32, other than 0 when the capture is to end. */
  stop: SharedArrayBuffer;
}

/** Episodes in threads, whole blocks of them at a time. */
function episodesInThreads(
  plan: EpisodePlan,
  threads: number,
  { backend, cwd, signal }: { backend: string; cwd: string; signal: AbortSignal },
): EpisodeSource {
  const { episodes, env, record } = plan.settings;
  const size = blockEpisodes(episodes, env.max_steps);
  const blocks = Math.ceil(episodes / size) - Math.floor(plan.done.episodes / size);
  const stop = new SharedArrayBuffer(4);
  const setup: EpisodeThread = {
    ...plan,
    backend,
    cwd,
    offsets: SharedOffsets.memoryFor(blocks),
    stop,
  };
  const pool = new OrderedThreads<EpisodeThread, EpisodeBlock, Chunk>({
    entry: builtEntry('episode-thread'),
    setup,
    tasks: episodeBlocks(episodes, env.max_steps, plan.done.episodes),
    threads,
    window: Math.max(1, Math.floor(record.performance.async_io.queue_size / threads)),
  });
  const end = (): void => void Atomics.store(new Int32Array(stop), 0, 1);
  return {
    async *chunks() {
      if (signal.aborted) end();
      signal.addEventListener('abort', end);
      try {
        for await (const chunk of pool.messages()) {
          yield chunk;
          release(buffersOf(chunk));
        }
      } finally {
        signal.removeEventListener('abort', end);
      }
    },
    queued: () => pool.queued / pool.capacity,
  };
}

export interface SourceParts {
  simulation: Simulation;
  backend: Backend;
  /** The backend as a configuration names it, and the folder from which one of one's own is found. */
  name: string;
  cwd: string;
  clock: Clock;
  signal: AbortSignal;
}

/** Where the episodes are made: here, or in threads when there is work for them. */
export function openSource(plan: EpisodePlan, cores: number, parts: SourceParts): EpisodeSource {
  const threads = threadsFor(plan, cores);
  if (threads === 1) return episodesHere(plan, parts);
  return episodesInThreads(plan, threads, { ...parts, backend: parts.name });
}

/** Steps that are simulated and encoded in about the time in which a thread starts. */
const WORTH_A_THREAD = 50_000;

/** Threads to simulate in; 1 means this one alone. @param cores what `workers: null` stands for */
function threadsFor({ settings, done }: EpisodePlan, cores: number): number {
  const { workers, env, record } = settings;
  const episodes = settings.episodes - done.episodes;
  if (!record.performance.async_io.enabled) return 1;
  const most = workers ?? record.performance.async_io.worker_threads ?? cores;
  const blocks = Math.ceil(episodes / blockEpisodes(settings.episodes, env.max_steps));
  const worth = Math.floor((episodes * env.max_steps) / WORTH_A_THREAD);
  return Math.max(1, Math.min(most, blocks, worth));
}

import type { ContentDigest } from '../core/digest.js';
import type { RowObserver } from '../core/ports.js';
import type { RejectionCounts } from '../core/rejections.js';
import { streamsOf } from '../core/streams.js';
import type { Simulation } from '../sim/simulation.js';
import { bufferRows, flushIntervalMs, stepBytes } from './buffer.js';
import type { CapturePorts } from './capture.js';
import { recordingOfConfig } from './config.js';
import { openSource, type EpisodeSource } from './episode-source.js';
import { MetricsGatherer, type RecordingMetrics } from './metrics.js';
import { Recorder, type WrittenRun } from './recorder.js';
import type { CaptureSettings } from './settings.js';
import type { StartedRun } from './start-run.js';

export interface Progress {
  episodes: number;
  steps: number;
}

/** What a run has before its episodes go on: whole ones, their recorded steps, and the steps taken in them. */
export interface Done extends Progress {
  taken: number;
}

export const NOTHING_DONE: Done = { episodes: 0, steps: 0, taken: 0 };

export interface Recorded {
  counts: Progress;
  /** Steps taken, recorded or not. */
  taken: number;
  written: WrittenRun;
  /** Of all episodes; null when no rule is on. */
  rejections: RejectionCounts | null;
  metrics: RecordingMetrics;
}

export type RecordPorts = Pick<CapturePorts, 'clock' | 'signal' | 'cores' | 'onProgress' | 'onWarning'>;

export interface RecordRun {
  run: Pick<StartedRun, 'runId' | 'startMs' | 'writers' | 'rejections'>;
  simulation: Simulation;
  /** Folder from which a backend of one's own is found. */
  cwd: string;
  digest: ContentDigest;
  observers: readonly RowObserver[];
  /** Has been shown to digest and observers. */
  done: Done;
}

/**
 * Episodes -> chunks -> recorder -> files, until all are done or the signal aborts. When an episode fails, the files
 * are finished with what was recorded before; when writing does, they stay as far as they came.
 */
export async function recordRun(
  settings: CaptureSettings,
  ports: RecordPorts,
  { run, simulation, cwd, digest, observers, done }: RecordRun,
): Promise<Recorded> {
  const { record, clock } = settings;
  const streams = streamsOf(recordingOfConfig(record));
  const { writers, rejections } = run;
  const { main, copies } = writers;
  const metrics = new MetricsGatherer({
    capacity: bufferRows(record, simulation.observationWidth),
    rowBytes: stepBytes(streams.steps, simulation.observationWidth),
    queueCapacity: record.performance.async_io.queue_size,
  });
  const recorder = new Recorder({
    ...ports,
    main,
    copies,
    observers,
    digest,
    rejections,
    metrics,
    done,
    flushMs: clock === 'wall' ? flushIntervalMs(record) : null,
  });
  let recorded: Recorded;
  let failure: Failure | null;
  try {
    const plan = { settings, runId: run.runId, startMs: run.startMs, done };
    const source = openSource(plan, ports.cores, { ...ports, ...writers, simulation, cwd });
    failure = await recordAll(source, recorder, metrics, ports);
    const written = await recorder.close();
    const bytes = [...written.recorded, ...written.copied].reduce((sum, file) => sum + file.bytes, 0);
    const { counts, taken } = recorder;
    const rejected = rejections?.totals.finish(counts.episodes) ?? null;
    recorded = { counts, taken, written, rejections: rejected, metrics: metrics.finish(bytes) };
  } catch (error) {
    for (const writer of [main, ...copies]) await writer.abort();
    rejections?.abort();
    throw error;
  }
  if (failure !== null) throw failure.error;
  return recorded;
}

/** Why there are no more chunks, when that is not that all are done. */
interface Failure {
  error: unknown;
}

async function recordAll(
  source: EpisodeSource,
  recorder: Recorder,
  metrics: MetricsGatherer,
  { clock, ...ports }: RecordPorts,
): Promise<Failure | null> {
  const chunks = source.chunks();
  try {
    for (;;) {
      const waitingSince = clock.monotonic();
      const next = await chunks.next().catch((error: unknown): Failure => ({ error }));
      if ('error' in next) return next;
      if (next.done === true) return null;
      const chunk = next.value;
      metrics.waitedForRecordsMs += clock.monotonic() - waitingSince;
      await recorder.take(chunk, source.queued());
      ports.onProgress({ episodes: recorder.counts.episodes, steps: recorder.taken });
      if (chunk.cut) return null;
    }
  } finally {
    await chunks.return(undefined);
  }
}

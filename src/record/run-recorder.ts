import { prettyJson, canonicalHash, type JsonMap } from '../core/canonical-json.js';
import { ContentDigest } from '../core/digest.js';
import { CaptureError } from '../core/errors.js';
import type { Clock, RecordingValidation } from '../core/ports.js';
import type { ManifestFile, RunMetadata } from '../core/records.js';
import type { Report } from '../core/report.js';
import { streamsOf } from '../core/streams.js';
import { gitState } from '../io/git.js';
import { unlockRun } from '../io/run-lock.js';
import { bufferRows, stepBytes } from './buffer.js';
import { recordingOfConfig, type RecordConfig } from './config.js';
import type { Chunk } from './chunk.js';
import type { EpisodeData } from './episode-data.js';
import { EpisodeRows } from './episode-rows.js';
import { finishRun } from './finish-run.js';
import { MetricsGatherer, type RecordingMetrics } from './metrics.js';
import { Recorder } from './recorder.js';
import { asTyped, envConfigOf, parseRecord, type RunRecorderOptions } from './recorder-options.js';
import { startRun, type StartedRun } from './start-run.js';
import type { StepData } from './step-data.js';

/** Chunks that may wait to be written before `recordStep` waits for them. */
const CHUNKS_AHEAD = 4;

export interface FinishedRun {
  runId: string;
  directory: string;
  status: 'complete' | 'aborted';
  files: ManifestFile[];
  contentDigest: string;
  validation: Report;
  metrics: RecordingMetrics;
}

export interface RunRecorderPorts {
  clock: Clock;
  startValidation(run: RunMetadata): RecordingValidation;
  onWarning(message: string): void;
  exportRun(runDir: string, request: ExportDataRequest): Promise<void>;
}

/** What of a run to write where, and as what; see docs/export.md. */
export interface ExportDataRequest {
  out: string;
  /** Left out: as the ending of `out` says. */
  format?: string;
  compression?: string;
  level?: number;
  /** Numbers of episodes, from 1; left out for all. */
  episodes?: readonly number[];
}

/**
 * Records episodes that another program simulates into a run of ours: a step at a time, then the episode, then the
 * next. `close` writes the manifest; a run that is not closed is unfinished and says so.
 */
export class RunRecorder {
  readonly directory: string;
  readonly runId: string;
  private readonly seeds: readonly number[];
  private readonly ports: RunRecorderPorts;
  private readonly run: StartedRun;
  private readonly digest: ContentDigest;
  private readonly validation: RecordingValidation;
  private readonly recorder: Recorder;
  private readonly gathered: MetricsGatherer;
  private readonly rows: EpisodeRows;
  /** Chunks being written, one after another. */
  private tail: Promise<void> = Promise.resolve();
  private ahead = 0;
  private closed = false;

  private constructor(
    options: RunRecorderOptions,
    record: RecordConfig,
    run: StartedRun,
    ports: RunRecorderPorts,
  ) {
    this.seeds = options.seeds;
    this.ports = ports;
    this.run = run;
    this.directory = run.directory;
    this.runId = run.runId;
    const streams = streamsOf(recordingOfConfig(record));
    this.rows = new EpisodeRows(options, record, run.runId, ports.clock);
    this.digest = new ContentDigest(streams);
    this.validation = ports.startValidation(run.metadata);
    this.gathered = new MetricsGatherer({
      capacity: bufferRows(record, 1),
      rowBytes: stepBytes(streams.steps, 1),
      queueCapacity: CHUNKS_AHEAD,
    });
    this.recorder = new Recorder({
      ...ports,
      ...run.writers,
      observers: [this.validation],
      digest: this.digest,
      metrics: this.gathered,
      flushMs: record.performance.buffer.flush_interval_seconds * 1000,
    });
  }

  /**
   * Begins a run.
   * @throws CaptureError `config` for options that do not hold, `io` when the disk refuses
   */
  static async open(options: RunRecorderOptions, ports: RunRecorderPorts): Promise<RunRecorder> {
    const record = parseRecord(options.record ?? {});
    const { output, experiment, runId = null, parquet = false, seeds } = options;
    const config: JsonMap = {
      ...options.config,
      record: options.record ?? {},
      environment: { ...options.environment },
    };
    const typed = asTyped(config) as JsonMap;
    const started = await startRun(
      {
        settings: { output, experiment, runId, parquet, record, rotateBytes: null, clock: 'wall' },
        envConfig: envConfigOf(options.environment),
        seeds,
        provenance: {
          config: typed,
          configYaml: prettyJson(typed),
          configHash: canonicalHash(typed),
          overrides: [],
          overridesYaml: '[]\n',
          command: process.argv,
          cwd: process.cwd(),
        },
      },
      { nowMs: ports.clock.now(), onStart: () => {}, git: gitState(process.cwd()) },
    );
    if (started.writers.fellBack !== null) ports.onWarning(started.writers.fellBack);
    return new RunRecorder(options, record, started, ports);
  }

  /**
   * Records a step of the episode at hand, the first of which begins it. Await it: it waits while writing is behind.
   * @throws CaptureError `input` for a step that cannot be recorded
   */
  async recordStep(data: StepData): Promise<void> {
    this.requireOpen();
    const full = this.rows.addStep(data);
    if (full) await this.handOn(false, false);
  }

  /**
   * Ends the episode at hand.
   * @throws CaptureError `input` when it has no steps, or what is given contradicts them
   */
  async recordEpisode(data: EpisodeData = {}): Promise<void> {
    this.requireOpen();
    const full = this.rows.endEpisode(data);
    if (full) await this.handOn(false, false);
  }

  /** Everything recorded so far is on disk in closed records. */
  async flush(): Promise<void> {
    this.requireOpen();
    void this.handOn(true, false);
    await this.tail;
    await this.recorder.flush();
  }

  /** Writes what has been recorded so far in another format. */
  async exportData(out: string, options: Omit<ExportDataRequest, 'out'> = {}): Promise<void> {
    if (!this.closed) await this.flush();
    await this.ports.exportRun(this.directory, { out, ...options });
  }

  /** What recording has cost so far. */
  metrics(): RecordingMetrics {
    return this.gathered.finish(0);
  }

  /** Finishes the files and writes the manifest: `complete` when every episode of `seeds` was recorded. */
  async close(): Promise<FinishedRun> {
    this.requireOpen();
    this.closed = true;
    try {
      void this.handOn(true, true);
      await this.tail;
      const written = await this.recorder.close();
      const status = this.rows.episodes === this.seeds.length ? 'complete' : 'aborted';
      const validation = this.validation.finish();
      const contentDigest = this.digest.finish();
      const files = await finishRun(this.run, {
        status,
        counts: this.recorder.counts,
        written,
        validation,
        contentDigest,
        inputs: [],
        command: process.argv,
        endMs: this.ports.clock.now(),
      });
      const bytes = [...written.recorded, ...written.copied].reduce((sum, file) => sum + file.bytes, 0);
      const { runId, directory } = this;
      return {
        runId,
        directory,
        status,
        files,
        contentDigest,
        validation,
        metrics: this.gathered.finish(bytes),
      };
    } finally {
      await unlockRun(this.directory);
    }
  }

  /** Queues what has been collected for writing; resolves when there is room for more. */
  private handOn(whole: boolean, cut: boolean): Promise<void> {
    const chunk = this.rows.take({ whole, cut });
    if (chunk === null) return this.tail;
    this.ahead++;
    this.tail = this.writeAfter(this.tail, chunk);
    // a failure is told by whoever waits next
    this.tail.catch(() => {});
    return this.ahead >= CHUNKS_AHEAD ? this.tail : Promise.resolve();
  }

  private async writeAfter(before: Promise<void>, chunk: Chunk): Promise<void> {
    await before;
    await this.recorder.take(chunk, this.ahead / CHUNKS_AHEAD);
    this.ahead--;
  }

  private requireOpen(): void {
    if (this.closed) throw new CaptureError('usage', `the recorder of ${this.directory} is closed`);
  }
}

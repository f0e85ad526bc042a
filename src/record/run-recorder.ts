import { prettyJson, canonicalHash, type JsonMap } from '../core/canonical-json.js';
import { ContentDigest } from '../core/digest.js';
import { CaptureError } from '../core/errors.js';
import type { RecordingValidation } from '../core/ports.js';
import type { ManifestFile } from '../core/records.js';
import type { Report } from '../core/report.js';
import { streamsOf } from '../core/streams.js';
import { gitState } from '../io/git.js';
import { unlockRun } from '../io/run-lock.js';
import { bufferRows, flushIntervalMs, stepBytes } from './buffer.js';
import { recordingOfConfig } from './config.js';
import type { EpisodeData } from './episode-data.js';
import { EpisodeRows } from './episode-rows.js';
import { finishRun } from './finish-run.js';
import { MetricsGatherer, type RecordingMetrics } from './metrics.js';
import { noteConfig } from './note-config.js';
import { NOTHING_DONE } from './record-run.js';
import { Recorder } from './recorder.js';
import { asTyped } from './parse-options.js';
import {
  checkOptions,
  envConfigOf,
  type CheckedOptions,
  type RunRecorderOptions,
} from './recorder-options.js';
import type { ExportDataOptions, RunRecorderPorts } from './recorder-ports.js';
import { startRun, type StartedRun } from './start-run.js';
import type { StepData } from './step-data.js';

/** Chunks that may wait to be written before `recordStep` waits for them. */
const CHUNKS_AHEAD = 4;

const DONE = Promise.resolve();

export interface FinishedRun {
  runId: string;
  directory: string;
  status: 'complete' | 'aborted';
  files: ManifestFile[];
  contentDigest: string;
  validation: Report;
  metrics: RecordingMetrics;
}

/**
 * Records episodes that another program simulates into a run of ours: a step at a time, then the episode, then the
 * next. `close` writes the manifest; a run that is not closed is unfinished and says so.
 */
export class RunRecorder {
  readonly directory: string;
  readonly runId: string;
  private readonly ports: RunRecorderPorts;
  private readonly run: StartedRun;
  private readonly digest: ContentDigest;
  private readonly validation: RecordingValidation;
  private readonly recorder: Recorder;
  private readonly gathered: MetricsGatherer;
  private readonly rows: EpisodeRows;
  private readonly expected: number;
  private readonly flushMs: number;
  /** When what had been collected was last sent to the disk, on the monotonic clock. */
  private flushedAt: number;
  /** Chunks being written, one after another. */
  private tail: Promise<void> = Promise.resolve();
  private ahead = 0;
  private closed = false;

  private constructor(options: CheckedOptions, run: StartedRun, ports: RunRecorderPorts) {
    const { record, seeds } = options;
    this.expected = seeds.length;
    this.flushMs = flushIntervalMs(record);
    this.flushedAt = ports.clock.monotonic();
    this.ports = ports;
    this.run = run;
    this.directory = run.directory;
    this.runId = run.runId;
    const streams = streamsOf(recordingOfConfig(record));
    this.rows = new EpisodeRows(options, run.runId, ports.clock);
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
      rejections: run.rejections,
      metrics: this.gathered,
      done: NOTHING_DONE,
      // steps wait here, so it is here that the time is watched
      flushMs: null,
    });
  }

  /**
   * Begins a run.
   * @throws CaptureError `config` for options that do not hold, `io` when the disk refuses
   */
  static async open(options: RunRecorderOptions, ports: RunRecorderPorts): Promise<RunRecorder> {
    const checked = checkOptions(options);
    const { output, experiment, runId, parquet, seeds, record, environment, config } = checked;
    const given = asTyped({ record: options.record ?? {}, environment: options.environment }) as JsonMap;
    const typed: JsonMap = { ...config, ...given };
    const settings = {
      output,
      experiment,
      runId,
      parquet,
      record,
      rotateBytes: null,
      clock: 'wall',
    } as const;
    const provenance = {
      config: typed,
      configYaml: prettyJson(typed),
      configHash: canonicalHash(typed),
      overrides: [],
      overridesYaml: '[]\n',
      command: process.argv,
      cwd: process.cwd(),
    };
    const started = await startRun(
      { settings, envConfig: envConfigOf(environment), seeds, inputs: [], qc: null, provenance },
      { nowMs: ports.clock.now(), onStart: () => {}, git: gitState(process.cwd()) },
    );
    await noteConfig(started, settings, provenance, ports);
    if (started.writers.fellBack !== null) ports.onWarning(started.writers.fellBack);
    return new RunRecorder(checked, started, ports);
  }

  /**
   * Records a step of the episode at hand, the first of which begins it. Await it: it waits while writing is behind.
   * @throws CaptureError `input` for a step that cannot be recorded
   */
  async recordStep(data: StepData): Promise<void> {
    this.requireOpen();
    await this.added(this.rows.addStep(data));
  }

  /**
   * Ends the episode at hand.
   * @throws CaptureError `input` when it has no steps, or what is given contradicts them
   */
  async recordEpisode(data: EpisodeData = {}): Promise<void> {
    this.requireOpen();
    await this.added(this.rows.endEpisode(data));
  }

  /** Everything recorded so far is on disk, where a reader finds it. */
  async flush(): Promise<void> {
    this.requireOpen();
    this.handOn();
    this.flushedAt = this.ports.clock.monotonic();
    await this.queue(() => this.recorder.flush());
  }

  /** Writes what has been recorded so far in another format. */
  async exportData(out: string, options: ExportDataOptions = {}): Promise<void> {
    if (!this.closed) await this.flush();
    const { directory, run, ports } = this;
    await ports.exportRun({ directory, backend: run.writers.backend }, out, options);
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
      this.handOn({ cut: true });
      await this.tail;
      const written = await this.recorder.close();
      const status = this.rows.episodes === this.expected ? 'complete' : 'aborted';
      const validation = this.validation.finish();
      const contentDigest = this.digest.finish();
      const files = await finishRun(this.run, {
        status,
        counts: this.recorder.counts,
        written,
        rejections: null,
        validation,
        contentDigest,
        inputs: [],
        command: process.argv,
        recovery: null,
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

  /** Sends rows on when there are enough of them, or it is time to; resolves when there is room for more. */
  private added(full: boolean): Promise<void> {
    const now = this.ports.clock.monotonic();
    const due = now - this.flushedAt >= this.flushMs;
    if (!full && !due) return DONE;
    this.handOn();
    if (due) {
      this.flushedAt = now;
      void this.queue(() => this.recorder.flushInterval());
    }
    return this.ahead >= CHUNKS_AHEAD ? this.tail : DONE;
  }

  /** Queues what has been collected for writing. @param cut the run ends here */
  private handOn({ cut } = { cut: false }): void {
    const chunk = this.rows.take({ cut });
    if (chunk === null) return;
    this.ahead++;
    void this.queue(async () => {
      await this.recorder.take(chunk, this.ahead / CHUNKS_AHEAD);
      this.ahead--;
    });
  }

  /** Does it after everything before it. */
  private queue(job: () => Promise<void>): Promise<void> {
    this.tail = this.tail.then(job);
    // a failure is told by whoever waits next
    this.tail.catch(() => {});
    return this.tail;
  }

  private requireOpen(): void {
    if (this.closed) throw new CaptureError('usage', `the recorder of ${this.directory} is closed`);
  }
}

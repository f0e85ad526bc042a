import { ContentDigest } from '../core/digest.js';
import { CaptureError } from '../core/errors.js';
import type { Clock, RecordingValidation } from '../core/ports.js';
import type { ManifestFile, RunMetadata } from '../core/records.js';
import type { RejectionCounts } from '../core/rejections.js';
import type { Recovery } from '../core/recovery.js';
import type { Report } from '../core/report.js';
import { streamsOf } from '../core/streams.js';
import { gitState } from '../io/git.js';
import { unlockRun } from '../io/run-lock.js';
import { recordingOfConfig } from './config.js';
import { finishRun } from './finish-run.js';
import { prepareSimulation, type PreparedSimulation } from './inputs.js';
import type { RecordingMetrics } from './metrics.js';
import { noteConfig } from './note-config.js';
import { OutcomeTotals, type Outcome } from './outcomes.js';
import { NOTHING_DONE, recordRun, type Done, type Progress } from './record-run.js';
import { envConfigJson } from './run-metadata.js';
import type { CaptureSettings, Provenance } from './settings.js';
import { startRun, type StartedRun } from './start-run.js';

export interface CapturePorts {
  clock: Clock;
  /** Aborting ends the capture in order: what was captured is finalised with status `aborted`. */
  signal: AbortSignal;
  startValidation(run: RunMetadata): RecordingValidation;
  /** The run's directory is claimed and locked; nothing is recorded until this is through. */
  onStart(run: { runId: string; directory: string }): void | Promise<void>;
  onProgress(progress: Progress): void;
  onWarning(message: string): void;
  /** Cores of the machine this capture may use. */
  cores: number;
}

export interface CaptureResult {
  runId: string;
  directory: string;
  status: 'complete' | 'aborted';
  counts: Progress;
  files: ManifestFile[];
  contentDigest: string;
  outcome: Outcome;
  /** Null when no rule is on. */
  rejections: RejectionCounts | null;
  validation: Report;
  metrics: RecordingMetrics;
  /** From the first step until the record files were closed. */
  elapsedMs: number;
}

/**
 * Captures one run: simulation -> chunks of columns -> recorder -> files, then the manifest, whose presence means
 * finished. Bad settings and unreadable inputs are refused before anything is written.
 *
 * @throws CaptureError `config` or `input` for what was asked, `io` when the disk refuses
 */
export async function capture(
  settings: CaptureSettings,
  provenance: Provenance,
  ports: CapturePorts,
): Promise<CaptureResult> {
  const git = gitState(provenance.cwd);
  const prepared = await prepareSimulation(settings);
  const envConfig = envConfigJson(settings, prepared.simulation);
  const seeds = Array.from({ length: settings.episodes }, (_, i) => settings.seed + i);
  const nowMs = ports.clock.now();
  const run = await startRun(
    { settings, envConfig, seeds, inputs: prepared.inputs, provenance, qc: settings.qc },
    { ...ports, git, nowMs },
  );
  try {
    // before the first step: beside the simulation it would hold the history for as long as that takes
    await noteConfig(run, settings, provenance, ports);
    const digest = new ContentDigest(streamsOf(recordingOfConfig(settings.record)));
    const validation = ports.startValidation(run.metadata);
    const outcomes = new OutcomeTotals();
    const begun = { run, digest, validation, outcomes, done: NOTHING_DONE, recovery: null };
    return await captureInto(begun, prepared, settings, provenance, ports);
  } catch (error) {
    throw toGoOn(error, run.directory);
  } finally {
    await unlockRun(run.directory);
  }
}

/** What the disk refused in the middle of a run, with the way to its end. */
function toGoOn(error: unknown, directory: string): unknown {
  if (!(error instanceof CaptureError) || error.kind !== 'io') return error;
  return new CaptureError('io', error.message, {
    hint: `what is recorded stays; when the disk has room and is in order, go on with plume-nav-capture resume ${directory}`,
    cause: error,
  });
}

/** A run with what has seen the episodes it has already. */
export interface BegunRun {
  run: StartedRun;
  digest: ContentDigest;
  validation: RecordingValidation;
  outcomes: OutcomeTotals;
  done: Done;
  recovery: Recovery | null;
}

/** Records the episodes that are left, then writes the manifest. */
export async function captureInto(
  { run, digest, validation, outcomes, done, recovery }: BegunRun,
  { simulation, inputs }: PreparedSimulation,
  settings: CaptureSettings,
  provenance: Provenance,
  ports: CapturePorts,
): Promise<CaptureResult> {
  const { clock } = ports;
  const { directory, runId, startMs, writers } = run;
  if (writers.fellBack !== null) ports.onWarning(writers.fellBack);
  const begun = clock.monotonic();
  const { counts, taken, written, rejections, metrics } = await recordRun(settings, ports, {
    run,
    simulation,
    cwd: provenance.cwd,
    digest,
    observers: [validation, outcomes],
    done,
  });
  const elapsedMs = clock.monotonic() - begun;
  const status = counts.episodes === settings.episodes ? 'complete' : 'aborted';
  const report = validation.finish();
  const contentDigest = digest.finish();
  const files = await finishRun(run, {
    status,
    counts,
    written,
    rejections,
    validation: report,
    contentDigest,
    inputs,
    command: provenance.command,
    recovery,
    endMs: settings.clock === 'wall' ? clock.now() : startMs + (taken * 1000) / settings.fps,
  });
  return {
    runId,
    directory,
    status,
    counts,
    files,
    contentDigest,
    outcome: outcomes.finish(),
    rejections,
    validation: report,
    metrics,
    elapsedMs,
  };
}

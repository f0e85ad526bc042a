import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { backends } from '../backends/index.js';
import { plainJson, prettyJson, type JsonMap } from '../core/canonical-json.js';
import { ContentDigest } from '../core/digest.js';
import {
  CONFIG_FILE,
  MANIFEST_FILE,
  OVERRIDES_FILE,
  RUN_FILE,
  STREAM_NAMES,
  type StreamName,
} from '../core/layout.js';
import { buildManifest } from '../core/manifest.js';
import type { Clock, RecordingValidation, RowObserver, StreamWriter, WrittenFile } from '../core/ports.js';
import { runSchema, type ManifestFile, type RunMetadata } from '../core/records.js';
import type { Report } from '../core/report.js';
import { EPISODES, SCHEMA_VERSION, STEPS, STREAMS } from '../core/streams.js';
import { writeFileAtomic } from '../io/atomic.js';
import { gitState } from '../io/git.js';
import { softwareVersions } from '../io/package-info.js';
import { unlockRun } from '../io/run-lock.js';
import { bufferRows } from './buffer.js';
import { runEpisodes, type Progress } from './episodes.js';
import { prepareSimulation, type PreparedSimulation } from './inputs.js';
import { inventory } from './inventory.js';
import { claimRun, writeRunFiles, type ClaimedRun } from './open-run.js';
import { OutcomeTotals, type Outcome } from './outcomes.js';
import { Recorder } from './recorder.js';
import { envConfigJson, runJson } from './run-metadata.js';
import type { Simulation } from '../sim/simulation.js';
import type { CaptureSettings, Provenance } from './settings.js';

export interface CapturePorts {
  clock: Clock;
  /** Aborting ends the capture in order: what was captured is finalised with status `aborted`. */
  signal: AbortSignal;
  startValidation(run: RunMetadata): RecordingValidation;
  /** The run's directory is claimed and empty; nothing is recorded until this is through. */
  onStart(run: { runId: string; directory: string }): void | Promise<void>;
  onProgress(progress: Progress): void;
}

export interface CaptureResult {
  runId: string;
  directory: string;
  status: 'complete' | 'aborted';
  counts: Progress;
  files: ManifestFile[];
  contentDigest: string;
  outcome: Outcome;
  validation: Report;
  /** From the first step until the record files were closed. */
  elapsedMs: number;
}

/**
 * Captures one run: simulation -> step batches -> recorder -> files, then the manifest, whose presence means
 * finished. Bad settings and unreadable inputs are refused before anything is written.
 *
 * @throws CaptureError `config` or `input` for what was asked, `io` when the disk refuses
 */
export async function capture(
  settings: CaptureSettings,
  provenance: Provenance,
  ports: CapturePorts,
): Promise<CaptureResult> {
  const [prepared, git] = await Promise.all([prepareSimulation(settings), gitState(provenance.cwd)]);
  const run = await claimRun(settings, ports.clock.now());
  const { directory, runId } = run;
  let start: RunStart;
  try {
    await ports.onStart({ runId, directory });
    start = await begin(run, prepared.simulation, settings, provenance, git);
  } catch (error) {
    // nothing is recorded yet, and the directory is ours alone
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
  try {
    return await captureInto(run, prepared, settings, provenance, ports, start);
  } finally {
    await unlockRun(directory);
  }
}

/** What is known of a run before its first step. */
interface RunStart {
  metadata: RunMetadata;
  envConfig: JsonMap;
  gitDirty: boolean | null;
}

/** Writes what stands in the directory before the first step. */
async function begin(
  run: ClaimedRun,
  simulation: Simulation,
  settings: CaptureSettings,
  provenance: Provenance,
  git: Awaited<ReturnType<typeof gitState>>,
): Promise<RunStart> {
  const { runId, startMs } = run;
  const envConfig = envConfigJson(settings, simulation);
  const metadataJson = runJson(settings, provenance, { runId, startMs, gitSha: git.sha, envConfig });
  await writeRunFiles(run, metadataJson, provenance);
  return { metadata: runSchema.parse(plainJson(metadataJson)), envConfig, gitDirty: git.dirty };
}

/** Records the episodes, then writes the manifest. */
async function captureInto(
  run: ClaimedRun,
  { simulation, inputs }: PreparedSimulation,
  settings: CaptureSettings,
  provenance: Provenance,
  ports: CapturePorts,
  { metadata, envConfig, gitDirty }: RunStart,
): Promise<CaptureResult> {
  const { clock } = ports;
  const { directory, runId, startMs } = run;
  const digest = new ContentDigest(STEPS, EPISODES);
  const validation = ports.startValidation(metadata);
  const outcomes = new OutcomeTotals();
  const begun = clock.monotonic();
  const { counts, written } = await record(run, simulation, settings, ports, {
    observers: [digest, validation, outcomes],
    metadata: {
      schema_version: SCHEMA_VERSION,
      config_hash: provenance.configHash,
      experiment: settings.experiment,
      run_id: runId,
    },
  });
  const elapsedMs = clock.monotonic() - begun;
  const status = counts.episodes === settings.episodes ? 'complete' : 'aborted';
  const files = await inventory(directory, written, [RUN_FILE, CONFIG_FILE, OVERRIDES_FILE]);
  const report = validation.finish();
  const contentDigest = digest.finish();
  const endMs = settings.clock === 'wall' ? clock.now() : startMs + (counts.steps * 1000) / settings.fps;
  const manifest = buildManifest({
    run: metadata,
    envConfig,
    status,
    createdAt: iso(endMs),
    startedAt: iso(startMs),
    endedAt: iso(endMs),
    gitDirty,
    files,
    counts,
    validation: report,
    contentDigest,
    inputs,
    command: provenance.command,
    software: softwareVersions(),
    recovery: null,
  });
  await writeFileAtomic(join(directory, MANIFEST_FILE), prettyJson(manifest));
  return {
    runId,
    directory,
    status,
    counts,
    files,
    contentDigest,
    outcome: outcomes.finish(),
    validation: report,
    elapsedMs,
  };
}

const iso = (epochMs: number): string => new Date(epochMs).toISOString();

/** Runs the episodes into the run's files and closes them; on an error they stay as far as they came. */
async function record(
  { runId, directory, startMs }: ClaimedRun,
  simulation: Simulation,
  settings: CaptureSettings,
  ports: CapturePorts,
  { observers, metadata }: { observers: RowObserver[]; metadata: Record<string, string> },
): Promise<{ counts: Progress; written: WrittenFile[] }> {
  const writers: StreamWriters = { steps: [], episodes: [] };
  try {
    await openWriters(writers, settings, directory, metadata);
    const { observationWidth } = simulation;
    const timeless = settings.clock === 'sim';
    const capacity = bufferRows(settings.record, observationWidth);
    const recorder = new Recorder({ runId, observationWidth, capacity, writers, observers, timeless });
    const counts = await runEpisodes({ ...ports, settings, simulation, recorder, startMs });
    return { counts, written: await recorder.close() };
  } catch (error) {
    for (const writer of [...writers.steps, ...writers.episodes]) await writer.abort();
    throw error;
  }
}

type StreamWriters = Record<StreamName, StreamWriter[]>;

/** Opens the recording backend's writers, and Parquet's beside them when asked. */
async function openWriters(
  writers: StreamWriters,
  { record: { backend: main, storage }, rotateBytes, parquet }: CaptureSettings,
  directory: string,
  metadata: Record<string, string>,
): Promise<void> {
  const { level } = storage.compression;
  const codec = storage.parquet.compression;
  for (const name of parquet ? [main, 'parquet'] : [main]) {
    const backend = await backends.get(name)();
    for (const stream of STREAM_NAMES) {
      writers[stream].push(
        await backend.openWriter({ directory, stream: STREAMS[stream], level, codec, rotateBytes, metadata }),
      );
    }
  }
}

import { rm } from 'node:fs/promises';
import type { RunFacts } from '../backends/backend.js';
import { RejectionFiles, type KeptRejections } from '../backends/rejection-files.js';
import { storageOptions, type StorageOptions } from '../backends/storage.js';
import { syncPath } from '../io/atomic.js';
import { canonicalJson, plainJson, type JsonMap, type JsonValue } from '../core/canonical-json.js';
import { runSchema, type RunMetadata } from '../core/records.js';
import { streamsOf, type RunStreams } from '../core/streams.js';
import type { GitState } from '../io/git.js';
import { hasRules, type QcConfig } from '../qc/config.js';
import { recordingOfConfig } from './config.js';
import type { RunInput } from './inputs.js';
import { claimRun, holdRun, writeRunFiles, type ClaimedRun } from './open-run.js';
import { chooseBackend, openWriters, type OpenWriters } from './open-writers.js';
import { holdsEpisodes } from './quality.js';
import { runJson } from './run-metadata.js';
import type { Provenance, RunSettings } from './settings.js';

/** What a run is begun with. */
export interface RunRequest {
  settings: RunSettings;
  /** `env_config` of run.json. */
  envConfig: JsonMap;
  /** Of each episode to come. */
  seeds: readonly number[];
  /** What the run is made from. */
  inputs: readonly RunInput[];
  provenance: Provenance;
  qc: QcConfig | null;
}

export interface StartPorts {
  nowMs: number;
  /** Of the folder the command runs in. */
  git: Promise<GitState>;
  /** The run's directory is claimed and locked; nothing is recorded until this is through. */
  onStart(run: { runId: string; directory: string }): void | Promise<void>;
}

/** A run before its first step. */
export interface StartedRun extends ClaimedRun {
  metadata: RunMetadata;
  envConfig: JsonMap;
  gitDirty: boolean | null;
  writers: OpenWriters;
  /** Null when no rule is on. */
  rejections: RejectionFiles | null;
}

/**
 * Claims a run's directory and writes what stands in it before the first step. On an error nothing is left of it.
 * @throws CaptureError `config` for settings, `io` when the disk refuses
 */
export async function startRun(request: RunRequest, ports: StartPorts): Promise<StartedRun> {
  const git = await ports.git;
  const { record, rotateBytes, clock } = request.settings;
  const { durability } = record;
  const storage = storageOptions(record.storage, { rotateBytes, timed: clock === 'wall', durability });
  // what it cannot do is refused before there is a directory
  const chosen = await chooseBackend(record, storage, request.provenance.cwd);
  const run = await claimRun(request.settings, ports.nowMs);
  const { directory, runId } = run;
  await holdRun(run);
  try {
    await ports.onStart({ runId, directory });
    const { settings, envConfig, seeds, inputs, provenance } = request;
    const { startMs } = run;
    const json = runJson(settings, provenance, { runId, startMs, gitSha: git.sha, envConfig, seeds, inputs });
    await writeRunFiles(run, json, provenance);
    const metadata = runSchema.parse(plainJson(json));
    const streams = streamsOf(recordingOfConfig(record));
    // before the records: where they are, it is
    const rejections = await openRejections(directory, request.qc, { streams, storage });
    const writers = await openWriters(chosen, settings.parquet, {
      directory,
      streams,
      storage,
      run: factsOf(metadata, provenance),
    }).catch((error: unknown) => {
      rejections?.abort();
      throw error;
    });
    if (durability === 'fsync') await syncPath(directory, settings.output);
    return { ...run, metadata, envConfig, gitDirty: git.dirty, writers, rejections };
  } catch (error) {
    // nothing is recorded yet, and the directory is ours alone
    await rm(directory, { recursive: true, force: true }).catch(() => {});
    throw error;
  }
}

/** The files for rejected episodes; null when no rule is on. */
export async function openRejections(
  directory: string,
  qc: QcConfig | null,
  { streams, storage }: { streams: RunStreams; storage: StorageOptions },
  continues?: KeptRejections,
): Promise<RejectionFiles | null> {
  if (qc === null || !hasRules(qc)) return null;
  return RejectionFiles.open({
    directory,
    streams,
    level: storage.jsonl.level,
    samples: holdsEpisodes(qc),
    durable: storage.durability === 'fsync',
    ...(continues === undefined ? {} : { continues }),
  });
}

export function factsOf(
  { run_id, experiment, schema_version, start_time }: RunMetadata,
  { config, configHash }: Provenance,
): RunFacts {
  const line = canonicalJson(config as JsonValue);
  return { run_id, experiment, schema_version, config_hash: configHash, start_time, config: line };
}

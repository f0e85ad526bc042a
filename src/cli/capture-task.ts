import { toYaml, type CaptureConfig, type ComposedConfig } from '../config/index.js';
import type { CaptureSettings, Provenance } from '../record/settings.js';
import type { StorageWatchConfig } from '../record/storage-config.js';

/** What one capture is started with; plain data, so that it can be sent to another process. */
export interface CaptureTask {
  settings: CaptureSettings;
  /** What is watched while it is recorded, by who starts it. */
  storage: StorageWatchConfig;
  provenance: Provenance;
}

/**
 * @param argv of the command as typed, without the program
 * @param reason why the configuration was changed, where somebody said so
 */
export function captureTask(
  {
    composed,
    config,
  }: { composed: Pick<ComposedConfig, 'tree' | 'hash' | 'overrides'>; config: CaptureConfig },
  argv: readonly string[],
  reason: string | null = null,
): CaptureTask {
  const { tree, hash, overrides } = composed;
  return {
    settings: settingsOf(config),
    storage: config.storage,
    provenance: {
      config: tree,
      configYaml: toYaml(tree),
      configHash: hash,
      overrides,
      overridesYaml: toYaml([...overrides]),
      command: ['plume-nav-capture', ...argv],
      cwd: process.cwd(),
      reason,
    },
  };
}

function settingsOf(config: CaptureConfig): CaptureSettings {
  const { output, experiment, episodes, seed, workers, parquet, clock, fps, env, movie, policy, record, qc } =
    config;
  const { rotate_size: rotateBytes, run_id: runId } = config;
  return {
    output,
    experiment,
    episodes,
    seed,
    workers,
    rotateBytes,
    parquet,
    clock,
    fps,
    runId,
    env,
    movie,
    policy,
    record,
    qc,
  };
}

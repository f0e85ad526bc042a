import type { JsonMap } from '../core/canonical-json.js';
import type { QcConfig } from '../qc/config.js';
import type { EnvConfig, MovieConfig, PolicyConfig } from '../sim/config.js';
import type { RecordConfig } from './config.js';

/** Where and how a run is recorded, whatever makes its steps. */
export interface RunSettings {
  output: string;
  experiment: string;
  rotateBytes: number | null;
  parquet: boolean;
  clock: 'wall' | 'sim';
  /** Null: named after the start time. */
  runId: string | null;
  record: RecordConfig;
}

/** What to capture, already checked; made from the typed config by the command. */
export interface CaptureSettings extends RunSettings {
  /** Number of episodes; episode i (from 0) has seed `seed + i`. */
  episodes: number;
  seed: number;
  /** Most threads that simulate and encode; null for as many as there are cores. */
  workers: number | null;
  /** Steps a second of the simulated clock. */
  fps: number;
  env: EnvConfig;
  movie: MovieConfig;
  policy: PolicyConfig;
  qc: QcConfig;
}

/** How the settings came about, for run.json, manifest.json and the config files of the run. */
export interface Provenance {
  /** The resolved config, integers and floats apart. */
  config: JsonMap | ReadonlyMap<string, unknown>;
  configYaml: string;
  configHash: string;
  /** As typed on the command line. */
  overrides: readonly string[];
  overridesYaml: string;
  command: readonly string[];
  cwd: string;
  /** Why the configuration was changed, for the history of the results. */
  reason?: string | null;
}

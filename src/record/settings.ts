import type { JsonMap } from '../core/canonical-json.js';
import type { EnvConfig, MovieConfig, PolicyConfig } from '../sim/config.js';
import type { RecordConfig } from './config.js';

/** What to capture, already checked; made from the typed config by the command. */
export interface CaptureSettings {
  output: string;
  experiment: string;
  /** Number of episodes; episode i (from 0) has seed `seed + i`. */
  episodes: number;
  seed: number;
  rotateBytes: number | null;
  parquet: boolean;
  clock: 'wall' | 'sim';
  /** Steps a second of the simulated clock. */
  fps: number;
  /** Null: named after the start time. */
  runId: string | null;
  env: EnvConfig;
  movie: MovieConfig;
  policy: PolicyConfig;
  record: RecordConfig;
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
}

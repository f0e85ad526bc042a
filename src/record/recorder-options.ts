import type { JsonMap, JsonValue } from '../core/canonical-json.js';
import { CaptureError } from '../core/errors.js';
import { integers } from '../core/manifest.js';
import { recordSchema, type RecordConfig } from './config.js';

export interface RunRecorderOptions {
  /** Directory under which runs are written. */
  output: string;
  experiment: string;
  /** Null or left out: named after the start time. */
  runId?: string | null;
  /** The seed of each episode to come: they say how a run can be made again. */
  seeds: readonly number[];
  environment: {
    /** [width, height] in cells. */
    gridSize: readonly [number, number];
    /** Cell of the source. */
    source: readonly [number, number];
    maxSteps: number;
    /** Distance to the source at which an episode terminates, in cells. */
    goalRadius: number;
    /** Standard deviation of the plume in cells, where it has one. */
    sigma?: number;
  };
  /** As `record` of a configuration: backend, columns, recording, storage, performance. */
  record?: JsonMap;
  /** Whether Parquet files are written beside the records. */
  parquet?: boolean;
  /** Anything that says how the steps come about; kept with the run, and hashed as config_hash. */
  config?: JsonMap;
}

/** @throws CaptureError `config` that names every key that does not hold */
export function parseRecord(record: JsonMap): RecordConfig {
  const { data, error } = recordSchema.safeParse(asTyped(record));
  if (data !== undefined) return data;
  const lines = error.issues.map(({ path, message }) => `record.${path.join('.')}: ${message}`);
  throw new CaptureError('config', lines.join('; '));
}

/** Plain JSON with its whole numbers as integers, which configurations keep apart from floats. */
export function asTyped(value: unknown): JsonValue {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(asTyped);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, asTyped(inner)]));
  }
  return value as JsonValue;
}

/** `env_config` of run.json. */
export function envConfigOf(environment: RunRecorderOptions['environment']): JsonMap {
  const { gridSize, source, maxSteps, goalRadius, sigma = 20 } = environment;
  const location = integers(source);
  return {
    grid_size: integers(gridSize),
    source_location: location,
    max_steps: BigInt(maxSteps),
    goal_radius: goalRadius,
    enable_rendering: false,
    plume_params: { source_location: location, sigma },
  };
}

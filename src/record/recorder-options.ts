import { z } from 'zod';
import type { JsonMap } from '../core/canonical-json.js';
import { float, int } from '../core/config-types.js';
import { integers } from '../core/manifest.js';
import { recordSchema } from './config.js';
import { jsonMap, parseOptions } from './parse-options.js';

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
  /** As `record` of a configuration: backend, columns, recording, storage, performance.buffer. */
  record?: JsonMap;
  /** Whether Parquet files are written beside the records. */
  parquet?: boolean;
  /** Anything that says how the steps come about; kept with the run, and hashed as config_hash. */
  config?: JsonMap;
}

const environment = z
  .strictObject({
    gridSize: z.tuple([int({ min: 1 }), int({ min: 1 })]),
    source: z.tuple([int({ min: 0 }), int({ min: 0 })]),
    maxSteps: int({ min: 1 }),
    goalRadius: float({ min: 0 }),
    sigma: float({ min: 0, exclusive: true }).optional(),
  })
  .superRefine(({ gridSize: [width, height], source: [x, y] }, context) => {
    if (x < width && y < height) return;
    const message = `expected a cell of the ${width}x${height} grid`;
    context.addIssue({ code: 'custom', path: ['source'], message, input: [x, y] });
  });

/** `record` of a recorder, which has no threads and always records. */
const record = z
  .unknown()
  .superRefine((given, context) => {
    const { backend, performance } = (given ?? {}) as { backend?: unknown; performance?: unknown };
    const refuse = (path: string[], message: string): void =>
      context.addIssue({ code: 'custom', path, message, input: given });
    if (backend === 'none')
      refuse(['backend'], "'none' records nothing: open no recorder, then there is no run");
    if (typeof performance === 'object' && performance !== null && 'async_io' in performance) {
      refuse(['performance', 'async_io'], 'applies to capture only: a recorder writes without threads');
    }
  })
  .pipe(recordSchema);

const schema = z
  .strictObject({
    output: z.string().min(1),
    experiment: z.string().min(1),
    runId: z.string().min(1).nullable().default(null),
    seeds: z.array(int({ min: 0 })).min(1, { error: 'expected a seed for each episode to come' }),
    environment,
    record: record.prefault({}),
    parquet: z.boolean().default(false),
    config: jsonMap().default({}),
  })
  .superRefine(({ parquet, record: { backend } }, context) => {
    if (!parquet || backend !== 'parquet') return;
    const message = 'expected false, since record.backend is parquet';
    context.addIssue({ code: 'custom', path: ['parquet'], message, input: parquet });
  });

/** Options of a recorder, checked and with their defaults. */
export type CheckedOptions = z.output<typeof schema>;

/** @throws CaptureError `config` that names every option that does not hold */
export const checkOptions = (options: unknown): CheckedOptions => parseOptions(schema, options, 'config');

/** `env_config` of run.json. */
export function envConfigOf({
  gridSize,
  source,
  maxSteps,
  goalRadius,
  sigma = 20,
}: CheckedOptions['environment']): JsonMap {
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

import type { StreamName } from './layout.js';

/** Record schema version this program writes. */
export const SCHEMA_VERSION = '1.0.0';

/**
 * How a column lies in memory, in JSON and in a table:
 * `int` int64 (safe integers), `float` float64, `bool`, `text`, `floats` a list of float64 of one width a run.
 */
export type ColumnType = 'int' | 'float' | 'bool' | 'text' | 'floats';

export interface ColumnSchema {
  /** Flat name, as Parquet and the other tables call it. */
  readonly name: string;
  readonly type: ColumnType;
  /** Where the value lies in the JSON record; one or two keys. */
  readonly path: readonly [string] | readonly [string, string];
  /** What `ts`, durations and the run id share: not part of the content digest. */
  readonly volatile?: true;
  readonly nullable?: true;
  /** Smallest valid value. */
  readonly min?: number;
}

/** A stream is a name plus a column schema; backends know streams, not steps. */
export interface StreamSchema {
  readonly name: StreamName;
  /** In the order of the keys of a JSON record. */
  readonly columns: readonly ColumnSchema[];
}

type Options = Partial<Pick<ColumnSchema, 'path' | 'volatile' | 'nullable' | 'min'>>;
const column = (name: string, type: ColumnType, options: Options = {}): ColumnSchema => ({
  name,
  type,
  path: [name],
  ...options,
});

export const STEPS: StreamSchema = {
  name: 'steps',
  columns: [
    column('schema_version', 'text'),
    column('ts', 'float', { volatile: true }),
    column('run_id', 'text', { volatile: true }),
    column('episode_id', 'text'),
    column('step', 'int', { min: 1 }),
    column('action', 'int'),
    column('reward', 'float'),
    column('terminated', 'bool'),
    column('truncated', 'bool'),
    column('agent_x', 'int', { path: ['agent_position', 'x'] }),
    column('agent_y', 'int', { path: ['agent_position', 'y'] }),
    column('distance_to_goal', 'float', { min: 0 }),
    column('observation_summary', 'floats'),
    column('seed', 'int', { min: 0 }),
  ],
};

export const EPISODES: StreamSchema = {
  name: 'episodes',
  columns: [
    column('schema_version', 'text'),
    column('run_id', 'text', { volatile: true }),
    column('episode_id', 'text'),
    column('terminated', 'bool'),
    column('truncated', 'bool'),
    column('total_steps', 'int', { min: 1 }),
    column('total_reward', 'float'),
    column('final_x', 'int', { path: ['final_position', 'x'] }),
    column('final_y', 'int', { path: ['final_position', 'y'] }),
    column('final_distance_to_goal', 'float', { min: 0 }),
    column('duration_ms', 'float', { volatile: true, nullable: true, min: 0 }),
    column('avg_step_time_ms', 'float', { volatile: true, nullable: true, min: 0 }),
  ],
};

export const STREAMS: Readonly<Record<StreamName, StreamSchema>> = { steps: STEPS, episodes: EPISODES };

import type { StreamName } from './layout.js';

/** Record schema version of a run that has the base columns alone. */
export const SCHEMA_VERSION = '1.0.0';
/** With extra columns behind them. */
export const EXTENDED_SCHEMA_VERSION = '1.1.0';

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

/** The streams of one run. */
export type RunStreams = Readonly<Record<StreamName, StreamSchema>>;

/** Of a run that records everything and no extra columns. */
export const STREAMS: RunStreams = { steps: STEPS, episodes: EPISODES };

const vector = (name: string): ColumnSchema[] => [
  column(`${name}_x`, 'float', { path: [name, 'x'] }),
  column(`${name}_y`, 'float', { path: [name, 'y'] }),
];

/**
 * Columns of the steps stream a user may ask for, in the order in which they stand behind the base columns:
 * orientation in degrees [0, 360), 0 along +x and 90 along +y; velocity in cells a step; concentration in the
 * agent's cell, [0, 1]; gradient of the concentration a cell; wind at the agent in cells a step; agent_id 0.
 */
export const EXTRA_COLUMNS = {
  orientation: [column('orientation', 'float', { min: 0 })],
  velocity: vector('velocity'),
  concentration: [column('concentration', 'float', { min: 0 })],
  gradient: vector('gradient'),
  wind: vector('wind'),
  agent_id: [column('agent_id', 'int', { min: 0 })],
} as const satisfies Readonly<Record<string, readonly ColumnSchema[]>>;
export type ExtraColumn = keyof typeof EXTRA_COLUMNS;
export const EXTRA_COLUMN_NAMES = Object.keys(EXTRA_COLUMNS) as ExtraColumn[];

/** Base columns a user may leave out: they are null in every row. */
export const OMITTABLE = ['action', 'reward', 'observation_summary'] as const;
export type OmittableColumn = (typeof OMITTABLE)[number];

/** What of a run is recorded. */
export interface Recording {
  /** Whether steps are recorded at all; episodes always are. */
  readonly full: boolean;
  /** Steps 1, 1 + k, … of an episode and its last are kept. */
  readonly step_interval: number;
  readonly omitted: readonly OmittableColumn[];
  readonly columns: readonly ExtraColumn[];
}

export const FULL_RECORDING: Recording = { full: true, step_interval: 1, omitted: [], columns: [] };

/** The streams of a run that is recorded so. */
export function streamsOf({ omitted, columns }: Recording): RunStreams {
  if (omitted.length === 0 && columns.length === 0) return STREAMS;
  const left = new Set<string>(omitted);
  const base = STEPS.columns.map((each) =>
    left.has(each.name) ? { ...each, nullable: true as const } : each,
  );
  const extra = EXTRA_COLUMN_NAMES.filter((name) => columns.includes(name)).flatMap(
    (name) => EXTRA_COLUMNS[name],
  );
  return { steps: { name: 'steps', columns: [...base, ...extra] }, episodes: EPISODES };
}

export const schemaVersionOf = ({ columns }: Recording): string =>
  columns.length > 0 ? EXTENDED_SCHEMA_VERSION : SCHEMA_VERSION;

import type { StreamName } from '../../core/layout.js';
import type { ColumnSchema, StreamSchema } from '../../core/streams.js';

/** How a column of a stream lies in its table. */
export interface Field {
  readonly column: ColumnSchema;
  /** Of the column in the table. */
  readonly name: string;
  /** `key` stands for the episode's text, `json` is a number or a list of numbers as JSON text. */
  readonly kind: 'number' | 'text' | 'json' | 'key';
}

/** Columns of the tables that are called otherwise than in our streams. */
const TABLE_NAMES: Readonly<Record<StreamName, Readonly<Record<string, string>>>> = {
  steps: {
    ts: 'timestamp',
    step: 'step_number',
    action: 'action_data',
    agent_x: 'position_x',
    agent_y: 'position_y',
    observation_summary: 'observation_data',
  },
  episodes: {},
};

function kindOf({ name, type }: ColumnSchema): Field['kind'] {
  if (name === 'episode_id') return 'key';
  if (name === 'action' || type === 'floats') return 'json';
  return type === 'text' ? 'text' : 'number';
}

export const fieldsOf = ({ name: stream, columns }: StreamSchema): Field[] =>
  columns.map((column) => ({
    column,
    name: TABLE_NAMES[stream][column.name] ?? column.name,
    kind: kindOf(column),
  }));

const DECLARED = { int: 'INTEGER', float: 'REAL', bool: 'BOOLEAN', text: 'TEXT', floats: 'TEXT' } as const;

const declared = ({ column, name, kind }: Field): string =>
  `${name} ${kind === 'json' ? 'TEXT' : DECLARED[column.type]}`;

const RUNS = `CREATE TABLE runs (
  run_id TEXT PRIMARY KEY,
  start_timestamp REAL NOT NULL,
  end_timestamp REAL,
  configuration TEXT,
  metadata TEXT
)`;

/** Of the episodes table, beside the columns of the stream; `episode_name` is the episode_id of the records. */
const EPISODES = [
  'episode_id INTEGER',
  'run_id TEXT',
  'episode_name TEXT NOT NULL',
  'start_timestamp REAL',
  'end_timestamp REAL',
  'total_steps INTEGER',
  'total_reward REAL',
  'success BOOLEAN',
  'termination_reason TEXT',
  'metadata TEXT',
];

/** Of the steps table; the rest of the stream's columns stand behind them. */
const STEPS = [
  'step_id INTEGER PRIMARY KEY AUTOINCREMENT',
  'episode_id INTEGER',
  'run_id TEXT',
  'step_number INTEGER',
  'timestamp REAL',
  'agent_id INTEGER',
  'position_x INTEGER',
  'position_y INTEGER',
  'orientation REAL',
  'action_data TEXT',
  'observation_data TEXT',
  'reward REAL',
];

function table(stream: StreamSchema, first: readonly string[], keys: readonly string[]): string {
  const taken = new Set(first.map((line) => line.split(' ')[0]));
  const rest = fieldsOf(stream).filter(({ name }) => !taken.has(name));
  return `CREATE TABLE ${stream.name} (\n  ${[...first, ...rest.map(declared), ...keys].join(',\n  ')}\n)`;
}

/**
 * The tables of a run. Steps are in record order by step_id, episodes by rowid. An episode whose record has not come
 * yet has null as its total_steps: steps never refer to an episode that is not there.
 */
export const createTables = (streams: Readonly<Record<StreamName, StreamSchema>>): string[] => [
  RUNS,
  table(streams.episodes, EPISODES, [
    'PRIMARY KEY (episode_id, run_id)',
    'FOREIGN KEY (run_id) REFERENCES runs(run_id)',
  ]),
  table(streams.steps, STEPS, ['FOREIGN KEY (episode_id, run_id) REFERENCES episodes(episode_id, run_id)']),
];

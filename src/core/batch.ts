import type { StreamSchema } from './streams.js';
import { EPISODES, STEPS } from './streams.js';

/** Strings by code: row i reads `dictionary[codes[i]]`. */
export interface TextColumn {
  codes: Int32Array;
  dictionary: string[];
}

/** Lists of one width: row i is `values[i*width .. (i+1)*width)`. */
export interface ListColumn {
  width: number;
  values: Float64Array;
}

/**
 * `int` and `float` columns are Float64Array (ints are safe integers), `bool` Uint8Array of 0 and 1,
 * `text` TextColumn, `floats` ListColumn.
 */
export type Column = Float64Array | Uint8Array | TextColumn | ListColumn;

/**
 * Some thousand rows of one stream, a typed array a column. The currency of the program: the simulation fills
 * it, recorders and checks consume it.
 *
 * Contract: arrays may be longer than `rows`; rows keep the order of the run; floats are finite and never −0
 * (write `x + 0`); null stands for a column that is null in every row.
 */
export interface Batch<C = Record<string, Column | null>> {
  readonly stream: StreamSchema;
  rows: number;
  readonly columns: C;
}

/**
 * Columns of the `steps` stream (a type, not an interface, so that it is a Batch's record of columns); a run's extra
 * columns stand beside them. Positions in cells, ts in seconds since the epoch; null is what the run leaves out.
 */
export type StepColumns = {
  schema_version: TextColumn;
  ts: Float64Array;
  run_id: TextColumn;
  episode_id: TextColumn;
  step: Float64Array;
  action: Float64Array | null;
  reward: Float64Array | null;
  terminated: Uint8Array;
  truncated: Uint8Array;
  agent_x: Float64Array;
  agent_y: Float64Array;
  distance_to_goal: Float64Array;
  observation_summary: ListColumn | null;
  seed: Float64Array;
};

/** Columns of the `episodes` stream. Durations in milliseconds, null under `clock: sim`. */
export type EpisodeColumns = {
  schema_version: TextColumn;
  run_id: TextColumn;
  episode_id: TextColumn;
  terminated: Uint8Array;
  truncated: Uint8Array;
  total_steps: Float64Array;
  total_reward: Float64Array;
  final_x: Float64Array;
  final_y: Float64Array;
  final_distance_to_goal: Float64Array;
  duration_ms: Float64Array | null;
  avg_step_time_ms: Float64Array | null;
};

export type StepBatch = Batch<StepColumns>;
export type EpisodeBatch = Batch<EpisodeColumns>;

/** A batch with room for `capacity` rows; lists get `listWidth` values a row. Text columns start empty. */
export function createBatch(stream: StreamSchema, capacity: number, listWidth: number): Batch {
  const columns: Record<string, Column> = {};
  for (const { name, type } of stream.columns) {
    if (type === 'text') columns[name] = { codes: new Int32Array(capacity), dictionary: [] };
    else if (type === 'bool') columns[name] = new Uint8Array(capacity);
    else if (type === 'floats')
      columns[name] = { width: listWidth, values: new Float64Array(capacity * listWidth) };
    else columns[name] = new Float64Array(capacity);
  }
  return { stream, rows: 0, columns };
}

/** @param stream the run's `steps` (see `streamsOf`): what it leaves out is null in the batch */
export function createStepBatch(
  capacity: number,
  observationWidth: number,
  stream: StreamSchema = STEPS,
): StepBatch {
  const batch = createBatch(stream, capacity, observationWidth);
  for (const { name, nullable } of stream.columns) if (nullable === true) batch.columns[name] = null;
  return batch as unknown as StepBatch;
}

export function createEpisodeBatch(capacity: number): EpisodeBatch {
  return createBatch(EPISODES, capacity, 0) as unknown as EpisodeBatch;
}

/** A column of a known type; null when the batch has it as null, or not at all. */
export const numbers = (batch: Batch, name: string): Float64Array | null =>
  (batch.columns[name] ?? null) as Float64Array | null;
export const flags = (batch: Batch, name: string): Uint8Array | null =>
  (batch.columns[name] ?? null) as Uint8Array | null;
export const texts = (batch: Batch, name: string): TextColumn | null =>
  (batch.columns[name] ?? null) as TextColumn | null;
export const lists = (batch: Batch, name: string): ListColumn | null =>
  (batch.columns[name] ?? null) as ListColumn | null;

import { shown } from '../core/findings.js';
import type { Rows } from '../core/compare-columns.js';
import type { ListColumn, TextColumn } from '../core/batch.js';
import type { RowSource } from '../core/ports.js';
import type { ColumnSchema } from '../core/streams.js';

/** The first thing that is not as simulating the run again gives it. */
export interface Difference {
  /** Number of the episode, 1 on; null for the run as a whole. */
  readonly episode: number | null;
  /** Null for the episode's record, and for what is said of the episode as a whole. */
  readonly step: number | null;
  /** Flat name of the column; null where a whole row is missing or too many. */
  readonly field: string | null;
  /** What simulating gives and what is recorded; both null where a whole row is. */
  readonly simulated: unknown;
  readonly recorded: unknown;
  /** Where the recorded value stands; null where nothing is recorded, line null where the format has none. */
  readonly file: string | null;
  readonly line: number | null;
  /** All of it in one line. */
  readonly message: string;
}

/** Ends the reading of a run: at the first difference, or, without one, when enough has been read. */
export class Stopped extends Error {
  readonly difference: Difference | null;

  constructor(difference: Difference | null) {
    super(difference?.message ?? 'enough was read');
    this.difference = difference;
  }
}

/** Where in a run something is. */
export interface Place {
  readonly episode: number;
  readonly id: string;
  readonly step: number | null;
}

const placeText = ({ id, step }: Place): string => (step === null ? id : `${id} step ${step}`);

function sourceOf(source: RowSource | null, row: number): Pick<Difference, 'file' | 'line'> {
  if (source === null) return { file: null, line: null };
  return { file: source.file, line: source.lineOf?.(row) ?? null };
}

/** Two values of a column that differ; of the record where the place names no step. */
export function otherValue(
  place: Place,
  schema: ColumnSchema,
  simulated: Rows,
  recorded: Rows,
  source: RowSource | null,
): Stopped {
  const name = place.step === null ? ' record' : '';
  const texts = [valueText(schema, simulated), valueText(schema, recorded)];
  return new Stopped({
    episode: place.episode,
    step: place.step,
    field: schema.name,
    simulated: valueOf(schema, simulated),
    recorded: valueOf(schema, recorded),
    ...sourceOf(source, recorded.at),
    message: `${placeText(place)}${name}: ${schema.name} is ${texts[0]}, recorded ${texts[1]}`,
  });
}

/** A step, or a record, that is there and should not be, or the other way round. */
export function otherRow(
  place: Place,
  what: string,
  { source = null, row = 0 }: { source?: RowSource | null; row?: number } = {},
): Stopped {
  return new Stopped({
    episode: place.episode,
    step: place.step,
    field: null,
    simulated: null,
    recorded: null,
    ...sourceOf(source, row),
    message: `${placeText(place)}: ${what}`,
  });
}

export function valueOf({ name, type }: ColumnSchema, { batch, at }: Rows): unknown {
  const values = batch.columns[name] ?? null;
  if (values === null) return null;
  if (type === 'text') {
    const { codes, dictionary } = values as TextColumn;
    return dictionary[codes[at]!]!;
  }
  if (type === 'floats') {
    const { width, values: all } = values as ListColumn;
    return [...all.subarray(at * width, (at + 1) * width)];
  }
  return type === 'bool' ? (values as Uint8Array)[at] === 1 : (values as Float64Array)[at]!;
}

/** As the records print it: a float as a float. */
function valueText(schema: ColumnSchema, rows: Rows): string {
  const value = valueOf(schema, rows);
  if (schema.type === 'float' && Number.isInteger(value)) return (value as number).toFixed(1);
  return typeof value === 'number' ? String(value) : shown(value);
}

import { createHash, type Hash } from 'node:crypto';
import type { Batch, Column, TextColumn } from '../../core/batch.js';
import type { StreamSchema } from '../../core/streams.js';

interface ColumnState {
  readonly name: string;
  readonly hash: Hash;
  /** What the last rows have in common: their text, the width of their lists, that they are null. */
  label: string;
  /** How many rows that are. */
  rows: number;
}

/**
 * What the rows of one stream say, every column and bit of it, however they are cut into batches. Unlike the content
 * digest it covers times and run ids, and both streams stand alone.
 */
export class Fingerprint {
  rows = 0;
  private readonly columns: readonly ColumnState[];

  constructor(stream: StreamSchema) {
    this.columns = stream.columns.map(({ name }) => ({
      name,
      hash: createHash('sha256'),
      label: '',
      rows: 0,
    }));
  }

  add({ rows, columns }: Batch): void {
    this.rows += rows;
    for (const state of this.columns) {
      const column = columns[state.name] ?? null;
      if (column !== null && 'codes' in column) addTexts(state, column, rows);
      else addValues(state, column, rows);
    }
  }

  /** By column, equal for equal rows. */
  finish(): Record<string, string> {
    const found: Record<string, string> = {};
    for (const state of this.columns) {
      note(state, '', 0);
      found[state.name] = state.hash.digest('hex');
    }
    return found;
  }
}

function addTexts(state: ColumnState, { codes, dictionary }: TextColumn, rows: number): void {
  for (let from = 0, to = 0; from < rows; from = to) {
    while (to < rows && codes[to] === codes[from]) to++;
    note(state, `text ${dictionary[codes[from]!]!}`, to - from);
  }
}

function addValues(state: ColumnState, column: Exclude<Column, TextColumn> | null, rows: number): void {
  if (column === null) return note(state, 'null', rows);
  const width = 'width' in column ? column.width : 1;
  note(state, `values ${width}`, rows);
  const values = ('width' in column ? column.values : column).subarray(0, rows * width);
  state.hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
}

function note(state: ColumnState, label: string, rows: number): void {
  if (label !== state.label) {
    state.hash.update(JSON.stringify([state.label, state.rows]));
    state.label = label;
    state.rows = 0;
  }
  state.rows += rows;
}

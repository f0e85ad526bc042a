import type { Database, Statement } from 'better-sqlite3';
import { numbers, lists, type Batch } from '../../core/batch.js';
import type { StreamSchema } from '../../core/streams.js';
import type { Cell } from './driver.js';
import { JsonTexts } from './json-texts.js';
import { fieldsOf, type Field } from './schema.js';

/** Rows of one statement, most first: one call and one look at the schema for many rows. */
const CHUNKS = [64, 8, 1];
/** Bound once a statement: they are the same in all of its rows. */
const SHARED = ['run_id', 'schema_version'];

export interface SharedCells {
  run_id: string;
  schema_version: string;
}

/** Inserts rows of steps batches, straight from their columns. */
export class InsertSteps {
  private readonly fields: readonly Field[];
  private readonly statements: readonly { rows: number; statement: Statement; cells: Cell[] }[];
  private readonly texts = new JsonTexts();
  /** Values of the batch at hand by field; null is null in every row. */
  private columns: (ArrayLike<number | string> | null)[] = [];

  constructor(db: Database, stream: StreamSchema) {
    this.fields = fieldsOf(stream).filter(({ name }) => !SHARED.includes(name));
    const names = [...SHARED, ...this.fields.map(({ name }) => name)].join(', ');
    const row = `(${[...SHARED.map((name) => `@${name}`), ...this.fields.map(() => '?')].join(', ')})`;
    this.statements = CHUNKS.map((rows) => ({
      rows,
      statement: db.prepare(
        `INSERT INTO steps (${names}) VALUES ${Array<string>(rows).fill(row).join(', ')}`,
      ),
      cells: Array<Cell>(rows * this.fields.length).fill(null),
    }));
  }

  /** Takes the batch whose rows come next. @param keys the episode's integer a row */
  use(batch: Batch, keys: Float64Array): void {
    this.columns = this.fields.map(({ column: { name, type }, kind }) => {
      if (kind === 'key') return keys;
      if (kind === 'number') return batch.columns[name] as Float64Array | Uint8Array | null;
      if (type === 'floats') {
        const column = lists(batch, name);
        return column === null ? null : this.texts.ofLists(column, batch.rows);
      }
      const column = numbers(batch, name);
      return column === null ? null : Array.from(column.subarray(0, batch.rows), String);
    });
  }

  /** Rows [from, to) of the batch. */
  insert(from: number, to: number, shared: SharedCells): void {
    let at = from;
    for (const { rows, statement, cells } of this.statements) {
      for (; to - at >= rows; at += rows) {
        this.fill(cells, at, rows);
        statement.run(cells, shared);
      }
    }
  }

  private fill(cells: Cell[], from: number, rows: number): void {
    const width = this.columns.length;
    for (let c = 0; c < width; c++) {
      const column = this.columns[c] ?? null;
      if (column === null) for (let i = 0; i < rows; i++) cells[i * width + c] = null;
      else for (let i = 0; i < rows; i++) cells[i * width + c] = column[from + i]!;
    }
  }
}

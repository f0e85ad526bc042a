import type { StreamName } from '../../core/layout.js';
import type { ReadDatabase } from './driver.js';
import type { Field } from './schema.js';

/** What is wrong with a table, or with a value in it. */
export class TableError extends Error {}

/** Behind the fields, what reading an episode's text takes. */
const EPISODE_NAMES = ['episode_id', 'run_id', 'episode_name'];

/**
 * Whether a table is one that can be read row by row without running anything: no view, no module behind it, columns
 * that hold values and do not compute them, rows in the order of their rowid.
 * @throws TableError
 */
export function checkTable(db: ReadDatabase, table: StreamName, fields: readonly Field[]): void {
  const [found] = db
    .query("SELECT type, wr FROM pragma_table_list WHERE schema = 'main' AND name = ? COLLATE NOCASE")
    .all([table]);
  if (found === undefined) throw new TableError(`there is no table ${table}`);
  const [type, withoutRowid] = found;
  if (type !== 'table') throw new TableError(`${table} is a ${String(type)}, expected a table`);
  if (withoutRowid !== 0) throw new TableError(`${table} is a table without rowid`);
  const columns = new Map<string, readonly unknown[]>();
  for (const row of db.query('SELECT name, hidden, pk FROM pragma_table_xinfo(?)').all([table])) {
    columns.set(String(row[0]).toLowerCase(), row);
  }
  if (columns.has('rowid')) throw new TableError(`${table} has a column called rowid`);
  const names = new Set([...fields.map(({ name }) => name), ...(table === 'episodes' ? EPISODE_NAMES : [])]);
  for (const name of names) {
    const column = columns.get(name);
    if (column === undefined) throw new TableError(`${table} has no column ${name}`);
    if (column[1] !== 0) throw new TableError(`${table}.${name} is computed, expected values`);
  }
  if (table === 'episodes' && (columns.get('episode_id')![2] === 0 || columns.get('run_id')![2] === 0)) {
    throw new TableError('episodes is not keyed by episode_id and run_id');
  }
}

import type { StreamName } from '../../core/layout.js';
import type { Cell, Query, ReadDatabase } from './driver.js';
import type { Field } from './schema.js';

/** Longest text that is read; no list of numbers and no id comes near it. */
const MAX_TEXT_BYTES = 1 << 21;
/** Rows of a query: several at once are read faster, and their texts must all have room in memory. */
const CHUNK_ROWS = 256;

/** A text as its bytes, which may hold anything; 0 when it is none or too long. */
const bytesOf = (name: string): string =>
  `iif(typeof(${name}) = 'text' AND octet_length(${name}) <= ${MAX_TEXT_BYTES}, CAST(${name} AS BLOB), 0)`;

/** JSON text as text; 0 when it is too long. */
const jsonOf = (name: string): string => `iif(octet_length(${name}) > ${MAX_TEXT_BYTES}, 0, ${name})`;

/** Whether a value is a text, byte for byte, whatever the column says of types and collation. */
const isText = (name: string): string => `+${name} COLLATE BINARY = +CAST(? AS TEXT)`;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** A text that `bytesOf` has read; null when it is none. */
export function decode(cell: unknown): string | null {
  if (!(cell instanceof Uint8Array)) return null;
  try {
    return decoder.decode(cell);
  } catch {
    return null;
  }
}

/**
 * Rows of a table in record order. Texts that are the same in nearly all rows, such as the run's id, are compared
 * within SQLite and not read.
 */
export class Selection {
  private readonly table: StreamName;
  private readonly coded: readonly Field[];
  private readonly select: Query;
  private readonly selectTexts: Query;
  private readonly expected: readonly (string | null)[];

  constructor(db: ReadDatabase, table: StreamName, fields: readonly Field[]) {
    this.table = table;
    // not indexed: an index of a damaged or hostile file may hold other rows than its table
    const from = `FROM main.${table} NOT INDEXED WHERE`;
    const finished = table === 'episodes' ? 'total_steps IS NOT NULL AND' : '';
    const end = `${from} ${finished} rowid > ? ORDER BY rowid LIMIT ${CHUNK_ROWS}`;
    this.coded = fields.filter(({ kind }) => kind === 'text');
    const texts = this.coded.map(({ name }, i) => `${bytesOf(name)} AS t${i}`).join(', ');
    const [first = []] = db.query(`SELECT ${texts} ${end}`).iterate([Number.NEGATIVE_INFINITY]);
    this.expected = this.coded.map((_, i) => decode(first[i]));
    this.selectTexts = db.query(`SELECT ${texts} ${from} rowid = ?`);
    const cells = fields.map(({ name, kind }) => {
      if (kind === 'text') return 'NULL';
      if (kind === 'key') return table === 'episodes' ? bytesOf('episode_name') : name;
      return kind === 'json' ? jsonOf(name) : name;
    });
    const same = this.coded.map(({ name }) => isText(name)).join(' AND ');
    const columns = ['rowid', same, ...cells].map((cell, i) => `${cell} AS c${i}`);
    this.select = db.query(`SELECT ${columns.join(', ')} ${end}`);
  }

  /** Each row is its rowid, 1 when its texts are the expected ones, and a value a field, null for texts. */
  *rows(): Generator<readonly unknown[]> {
    const bound = this.expected.map((text): Cell => (text === null ? null : encoder.encode(text)));
    for (let last = Number.NEGATIVE_INFINITY; ;) {
      const before = last;
      for (const row of this.chunk([...bound, last])) {
        const [id] = row as [number];
        // pages of a hostile file may refer to each other so that its rows never end
        if (!(id > last)) throw new Error(`row ${id} of ${this.table} comes after row ${last}`);
        last = id;
        yield row;
      }
      if (last === before) return;
    }
  }

  /** The texts of a row by field name; of an ordinary row, those of nearly all. */
  textsOf(row: readonly unknown[]): Readonly<Record<string, string | null>> {
    const cells = row[1] === 1 ? null : [...this.selectTexts.iterate([row[0] as number])][0]!;
    return Object.fromEntries(
      this.coded.map(({ name }, i) => [name, cells === null ? this.expected[i]! : decode(cells[i])]),
    );
  }

  private chunk(values: readonly Cell[]): Iterable<readonly unknown[]> {
    try {
      return this.select.all(values);
    } catch {
      // one by one, those before the damage come before the error does
      return this.select.iterate(values);
    }
  }
}

/** Texts of episodes by their integers. */
export class EpisodeNames {
  private readonly select: Query;
  private key: number | null = null;
  private run = '';
  private name: string | null = null;

  constructor(db: ReadDatabase) {
    const where = 'WHERE episode_id = ? AND run_id = CAST(? AS TEXT)';
    this.select = db.query(`SELECT ${bytesOf('episode_name')} AS name FROM main.episodes ${where}`);
  }

  /** Null when there is no such episode. */
  of(key: number, run: string): string | null {
    if (key !== this.key || run !== this.run) {
      const [row] = this.select.all([key, encoder.encode(run)]);
      this.key = key;
      this.run = run;
      this.name = decode(row?.[0]);
    }
    return this.name;
  }
}

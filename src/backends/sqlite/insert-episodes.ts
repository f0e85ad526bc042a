import type { Database, Statement } from 'better-sqlite3';
import { flags, texts, type Batch } from '../../core/batch.js';
import { parseEpisodeId } from '../../core/ids.js';
import type { StreamSchema } from '../../core/streams.js';
import type { Cell } from './driver.js';
import { fieldsOf, type Field } from './schema.js';

/** An episode whose record has not come yet; times in seconds since the epoch. */
interface OpenEpisode {
  readonly key: number;
  readonly start: number;
  end: number;
}

/** What the table says beside the record. */
const DERIVED = ['episode_name', 'start_timestamp', 'end_timestamp', 'success', 'termination_reason'];

/**
 * Rows of the episodes table. Its integer key is the episode's number, 1 for `ep-000001`. Ids that are no number
 * get -1, -2, …, as does a second record of one episode; the text is kept in `episode_name` in any case.
 */
export class InsertEpisodes {
  private readonly fields: readonly Field[];
  private readonly insertOpen: Statement;
  private readonly insertFinished: Statement;
  private readonly selectFinished: Statement;
  private readonly open = new Map<string, OpenEpisode>();
  private readonly unnumbered = new Map<string, number>();
  private lastUnnumbered = 0;

  constructor(db: Database, stream: StreamSchema) {
    this.fields = fieldsOf(stream);
    const names = [...DERIVED, ...this.fields.map(({ name }) => name)];
    this.insertOpen = db.prepare(
      'INSERT OR IGNORE INTO episodes (episode_id, run_id, episode_name, start_timestamp) VALUES (?, ?, ?, ?)',
    );
    // replaced and not updated: rows are in the order of the records
    this.insertFinished = db.prepare(
      `REPLACE INTO episodes (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
    );
    this.selectFinished = db.prepare(
      'SELECT 1 FROM episodes WHERE episode_id = ? AND run_id = ? AND total_steps IS NOT NULL',
    );
  }

  /** The key for steps of an episode, which is in the table from now on. @param start @param end of these steps */
  keyOfSteps(run: string, name: string, start: number, end: number): number {
    const id = JSON.stringify([run, name]);
    let episode = this.open.get(id);
    if (episode === undefined) {
      episode = { key: this.keyOf(id, name), start, end };
      this.open.set(id, episode);
      this.insertOpen.run(episode.key, run, name, start);
    }
    episode.end = end;
    return episode.key;
  }

  /** A row of an episodes batch. */
  insert(batch: Batch, row: number): void {
    const run = textAt(batch, 'run_id', row);
    const name = textAt(batch, 'episode_id', row);
    const id = JSON.stringify([run, name]);
    const episode = this.open.get(id);
    this.open.delete(id);
    let key = episode?.key ?? this.keyOf(id, name);
    if (this.selectFinished.get(key, run) !== undefined) key = --this.lastUnnumbered;
    const terminated = flags(batch, 'terminated')![row] === 1;
    const truncated = flags(batch, 'truncated')![row] === 1;
    this.insertFinished.run([
      ...[name, episode?.start ?? null, episode?.end ?? null],
      ...[Number(terminated), terminated ? 'terminated' : truncated ? 'truncated' : null],
      ...this.fields.map((field) => (field.kind === 'key' ? key : cellAt(batch, field, row))),
    ]);
  }

  private keyOf(id: string, name: string): number {
    const number = parseEpisodeId(name);
    if (number !== null && Number.isSafeInteger(number)) return number;
    let key = this.unnumbered.get(id);
    if (key === undefined) this.unnumbered.set(id, (key = --this.lastUnnumbered));
    return key;
  }
}

export function textAt(batch: Batch, name: string, row: number): string {
  const { codes, dictionary } = texts(batch, name)!;
  return dictionary[codes[row]!]!;
}

function cellAt(batch: Batch, { column: { name }, kind }: Field, row: number): Cell {
  if (kind === 'text') return textAt(batch, name, row);
  const column = batch.columns[name] as Float64Array | Uint8Array | null;
  return column === null ? null : column[row]!;
}

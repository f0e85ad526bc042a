import type { StreamSchema } from '../../core/streams.js';
import { Literal } from './literal.js';
import { FAILED, ValueReader } from './read-value.js';
import { Recall, type ReadSlot, type RecallKey } from './recall.js';
import type { RowBatch } from '../row-batch.js';
import { recordSlots } from './slots.js';

/** Columns whose text tends to come back, and how it is found again; without a key it is the last row's. */
interface Grouping {
  columns: readonly string[];
  key?: RecallKey;
}
const LAST: RecallKey = { entries: 1, words: 0 };

/** Tables are as small as the values allow: what does not fit the processor's cache costs more than it saves. */
const GROUPINGS: readonly Grouping[] = [
  // apart from the ids, since a simulated clock gives every step a time of its own
  { columns: ['schema_version', 'ts'] },
  { columns: ['run_id', 'episode_id'] },
  { columns: ['action', 'reward', 'terminated', 'truncated'], key: { entries: 1 << 5, words: 1 } },
  // both coordinates lie within the first 16 bytes
  { columns: ['agent_x', 'agent_y', 'distance_to_goal'], key: { entries: 1 << 13, words: 4 } },
  { columns: ['observation_summary'], key: { entries: 1 << 13, words: 3 } },
];

/** A column that is read anew in each row. */
class Single {
  private readonly before: Literal;
  private readonly field: number;
  private readonly values: ValueReader;

  constructor({ before, field }: ReadSlot, values: ValueReader) {
    this.before = before;
    this.field = field;
    this.values = values;
  }

  read(bytes: Uint8Array, view: DataView, at: number): number {
    const { before } = this;
    return before.isAt(bytes, view, at)
      ? this.values.read(bytes, view, at + before.length, this.field)
      : FAILED;
  }
}

/**
 * Reads records exactly as this program writes them (keys in schema order, no spaces) from bytes into columns,
 * without a string or an object a row. Anything else, faulty values included, it declines.
 */
export class FastLine {
  private readonly parts: readonly (Single | Recall)[];
  private readonly recalls: readonly Recall[];
  private readonly values: ValueReader;
  private readonly end: Uint8Array;

  constructor(stream: StreamSchema, rows: RowBatch) {
    const { slots, end } = recordSlots(stream);
    const values = new ValueReader(rows);
    const groups: { slots: ReadSlot[]; grouping: Grouping | undefined }[] = [];
    for (const [field, { column, before }] of slots.entries()) {
      const grouping = GROUPINGS.find(({ columns }) => columns.includes(column.name));
      const slot = { field, before: new Literal(before) };
      const last = groups.at(-1);
      if (grouping !== undefined && last?.grouping === grouping) last.slots.push(slot);
      else groups.push({ slots: [slot], grouping });
    }
    this.parts = groups.map(({ slots: own, grouping }) =>
      grouping === undefined
        ? new Single(own[0]!, values)
        : new Recall(own, rows, values, grouping.key ?? LAST),
    );
    this.recalls = this.parts.filter((part) => part instanceof Recall);
    this.values = values;
    this.end = Buffer.from(end);
  }

  /** Forgets codes, which are those of one batch. */
  clear(): void {
    this.values.clear();
    for (const recall of this.recalls) recall.clear();
  }

  /**
   * Reads the record at `start` into the row at hand; gives the position after its newline, or −1. Eight bytes
   * behind the record must be there.
   */
  read(bytes: Uint8Array, view: DataView, start: number): number {
    const { parts, end } = this;
    let at = start;
    for (let p = 0; p < parts.length; p++) {
      at = parts[p]!.read(bytes, view, at);
      if (at < 0) return FAILED;
    }
    for (let i = 0; i < end.length; i++) {
      if (bytes[at + i] !== end[i]) return FAILED;
    }
    return at + end.length;
  }
}

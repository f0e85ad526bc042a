import type { Batch } from '../../core/batch.js';
import type { ColumnSchema, StreamSchema } from '../../core/streams.js';
import { Phrase, type Slot } from './phrase.js';

/** Columns that change together; the others are phrases of their own. */
const PHRASES: readonly (readonly string[])[] = [
  ['schema_version', 'ts', 'run_id', 'episode_id'],
  ['action', 'reward', 'terminated', 'truncated'],
  ['agent_x', 'agent_y', 'distance_to_goal'],
];

/** Each column with the JSON text before its value, and the text that ends a record. */
function slotsOf(columns: readonly ColumnSchema[]): { slots: Slot[]; end: string } {
  let open: string | null = null;
  const slots = columns.map((column, i): Slot => {
    const [key, inner] = column.path;
    const close: string = open !== null && open !== key ? '}' : '';
    const comma = i === 0 ? '{' : ',';
    const before =
      inner === undefined
        ? `${close}${comma}"${key}":`
        : open === key
          ? `,"${inner}":`
          : `${close}${comma}"${key}":{"${inner}":`;
    open = inner === undefined ? null : key;
    return { column, before };
  });
  return { slots, end: open === null ? '}\n' : '}}\n' };
}

function phrasesOf(slots: readonly Slot[]): Phrase[] {
  const phrases: Slot[][] = [];
  let group: readonly string[] | undefined;
  for (const slot of slots) {
    const { name } = slot.column;
    if (group?.includes(name) === true) phrases.at(-1)!.push(slot);
    else {
      group = PHRASES.find((names) => names.includes(name));
      phrases.push([slot]);
    }
  }
  return phrases.map((each) => new Phrase(each));
}

/** Rows of a batch as JSON lines, straight from columns to bytes. */
export class JsonLines {
  private readonly phrases: readonly Phrase[];
  private readonly end: Uint8Array;

  constructor(stream: StreamSchema) {
    const { slots, end } = slotsOf(stream.columns);
    this.phrases = phrasesOf(slots);
    this.end = Buffer.from(end);
  }

  /** Takes the batch whose rows `write` encodes next; gives the most bytes one of its rows can need. */
  use(batch: Batch): number {
    return this.phrases.reduce((bytes, phrase) => bytes + phrase.use(batch), this.end.length);
  }

  /** Writes one row at `at`, where the target has room for it; gives the position after its newline. */
  write(row: number, target: Uint8Array, at: number): number {
    let next = at;
    for (let p = 0; p < this.phrases.length; p++) next = this.phrases[p]!.write(row, target, next);
    target.set(this.end, next);
    return next + this.end.length;
  }
}

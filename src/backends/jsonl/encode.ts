import type { Batch } from '../../core/batch.js';
import type { StreamSchema } from '../../core/streams.js';
import { Phrase } from './phrase.js';
import { recordSlots, type Slot } from './slots.js';

/** Columns whose text is kept together, and for how many combinations of values (a power of two). */
interface Grouping {
  columns: readonly string[];
  entries: number;
}

/** Tables are as small as the values allow: what does not fit the processor's cache costs more than it saves. */
const GROUPINGS: readonly Grouping[] = [
  // the same for thousands of rows
  { columns: ['schema_version', 'ts', 'run_id', 'episode_id'], entries: 1 },
  { columns: ['seed'], entries: 1 },
  { columns: ['step'], entries: 1 << 10 },
  { columns: ['action', 'reward', 'terminated', 'truncated'], entries: 1 << 6 },
  // by cell of the grid
  { columns: ['agent_x', 'agent_y', 'distance_to_goal'], entries: 1 << 13 },
  { columns: ['observation_summary'], entries: 1 << 13 },
];

function phrasesOf(slots: readonly Slot[]): Phrase[] {
  const phrases: { slots: Slot[]; grouping: Grouping | undefined }[] = [];
  for (const slot of slots) {
    const { name } = slot.column;
    const last = phrases.at(-1);
    if (last?.grouping?.columns.includes(name) === true) last.slots.push(slot);
    else phrases.push({ slots: [slot], grouping: GROUPINGS.find(({ columns }) => columns.includes(name)) });
  }
  return phrases.map((each) => new Phrase(each.slots, each.grouping?.entries ?? 1));
}

/** Rows of a batch as JSON lines, straight from columns to bytes. */
export class JsonLines {
  private readonly phrases: readonly Phrase[];
  private readonly end: Uint8Array;

  constructor(stream: StreamSchema) {
    const { slots, end } = recordSlots(stream);
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

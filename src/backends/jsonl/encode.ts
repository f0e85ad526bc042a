import type { Batch } from '../../core/batch.js';
import type { StreamSchema } from '../../core/streams.js';
import { SPILL_BYTES, type Phrase } from './phrase.js';
import { RunPhrase } from './run-phrase.js';
import { recordSlots, type Slot } from './slots.js';
import { TablePhrase, type TableKey } from './table-phrase.js';

/** Neighbouring columns whose text is kept together; without a key they are the same for many rows on end. */
interface Grouping {
  columns: readonly string[];
  key?: TableKey;
}

/** Twice the cells of a 64x64 grid: what does not fit the processor's cache costs more than it saves. */
const PLACES = 1 << 13;

const GROUPINGS: readonly Grouping[] = [
  { columns: ['schema_version', 'ts', 'run_id', 'episode_id'] },
  { columns: ['step'], key: { by: ['step'], entries: 1 << 10 } },
  { columns: ['action', 'reward', 'terminated', 'truncated'], key: { by: ['action'], entries: 1 << 4 } },
  {
    columns: ['agent_x', 'agent_y', 'distance_to_goal'],
    key: { by: ['agent_x', 'agent_y'], entries: PLACES },
  },
  // by its own values: what is sensed at a cell may differ with the heading, and be equal at other cells
  { columns: ['observation_summary'], key: { by: ['observation_summary'], entries: PLACES } },
  { columns: ['orientation'], key: { by: ['orientation'], entries: 1 << 6 } },
  { columns: ['velocity_x', 'velocity_y'], key: { by: ['velocity_x', 'velocity_y'], entries: 1 << 6 } },
  {
    columns: ['concentration', 'gradient_x', 'gradient_y'],
    key: { by: ['concentration', 'gradient_x', 'gradient_y'], entries: PLACES },
  },
];

function phrasesOf(slots: readonly Slot[], end: string): Phrase[] {
  const phrases: { slots: Slot[]; grouping: Grouping }[] = [];
  for (const slot of slots) {
    const { name } = slot.column;
    const last = phrases.at(-1);
    if (last?.grouping.columns.includes(name) === true) last.slots.push(slot);
    else {
      const grouping = GROUPINGS.find(({ columns }) => columns.includes(name)) ?? { columns: [name] };
      phrases.push({ slots: [slot], grouping });
    }
  }
  return phrases.map(({ slots: own, grouping: { key } }, p) => {
    const after = p === phrases.length - 1 ? end : '';
    // another stream may have some of these columns and not those of the key
    const keyed = key?.by.every((name) => slots.some(({ column }) => column.name === name)) === true;
    return key === undefined || !keyed ? new RunPhrase(own, after) : new TablePhrase(own, after, key);
  });
}

/** Rows of a batch as JSON lines, straight from columns to bytes. */
export class JsonLines {
  private readonly phrases: readonly Phrase[];
  private target: Uint8Array = new Uint8Array(0);
  private view: DataView = new DataView(this.target.buffer);

  constructor(stream: StreamSchema) {
    const { slots, end } = recordSlots(stream);
    this.phrases = phrasesOf(slots, end);
  }

  /** Takes the batch whose rows `write` encodes next; gives the most bytes that writing one of them needs. */
  use(batch: Batch): number {
    return this.phrases.reduce((bytes, phrase) => bytes + phrase.use(batch), SPILL_BYTES);
  }

  /**
   * Writes one row at `at`, where the target has the bytes that `use` said; gives the position after its newline.
   * Some bytes behind it may be overwritten.
   */
  write(row: number, target: Uint8Array, at: number): number {
    if (target !== this.target) {
      this.target = target;
      this.view = new DataView(target.buffer, target.byteOffset, target.byteLength);
    }
    const { phrases, view } = this;
    let next = at;
    for (let p = 0; p < phrases.length; p++) next = phrases[p]!.write(row, view, next);
    return next;
  }
}

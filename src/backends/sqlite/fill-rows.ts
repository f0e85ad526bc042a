import { shown } from '../../core/findings.js';
import type { StreamSchema } from '../../core/streams.js';
import { MAX_TEXT_LENGTH, RowBatch, type Field as BatchField } from '../row-batch.js';
import { integerOf, Lists } from './json-cells.js';
import type { Field } from './schema.js';
import { decode, type EpisodeNames, type Selection } from './select.js';

/** Where the values of the fields begin in a row. */
const FIRST_CELL = 2;

const EXPECTED = {
  int: 'an integer within 2^53',
  float: 'a finite number',
  bool: '0 or 1',
  text: 'text in UTF-8, not too long',
  floats: 'a JSON list of numbers',
} as const;

type Texts = Readonly<Record<string, string | null>>;

interface Target {
  readonly field: Field;
  readonly to: BatchField;
  readonly type: BatchField['column']['type'];
  readonly nullable: boolean;
}

/** Rows as a table gives them, made into batches. */
export class FillRows {
  readonly rows: RowBatch;
  private readonly targets: readonly Target[];
  private readonly selection: Selection;
  private readonly names: EpisodeNames | null;
  private readonly lists = new Lists();
  /** Of the rows whose texts are the expected ones. */
  private ordinary: Texts | null = null;

  /** @param names of episodes, where rows have their integers */
  constructor(
    stream: StreamSchema,
    capacity: number,
    fields: readonly Field[],
    selection: Selection,
    names: EpisodeNames | null,
  ) {
    this.rows = new RowBatch(stream, capacity);
    this.targets = fields.map((field, i) => {
      const to = this.rows.fields[i]!;
      return { field, to, type: to.column.type, nullable: to.column.nullable === true };
    });
    this.selection = selection;
    this.names = names;
  }

  /** @returns null, or why not: `split` when the batch must be handed on first, else what is wrong with the row */
  add(row: readonly unknown[]): null | 'split' | { problem: string } {
    const { targets, rows } = this;
    const texts = this.textsOf(row);
    for (let i = 0; i < targets.length; i++) {
      const target = targets[i]!;
      const cell = row[i + FIRST_CELL];
      if (target.nullable) {
        const isNull = cell === null;
        if (isNull !== target.to.isNull && !rows.setNullness(target.to, isNull)) return 'split';
        if (isNull) continue;
      }
      if (!this.set(target, cell, texts)) return { problem: this.problem(target, cell) };
    }
    rows.accept();
    return null;
  }

  /** Puts a value into the row being filled; false when it is not what it should be. */
  private set({ field, to, type }: Target, cell: unknown, texts: Texts): boolean {
    const { rows } = this;
    const at = rows.batch.rows;
    if (type === 'float') {
      if (typeof cell !== 'number' || !Number.isFinite(cell)) return false;
      to.numbers[at] = cell + 0;
    } else if (type === 'int') {
      const value = field.kind === 'json' ? integerOf(cell) : cell;
      if (typeof value !== 'number' || !Number.isSafeInteger(value)) return false;
      to.numbers[at] = value + 0;
    } else if (type === 'bool') {
      if (cell !== 0 && cell !== 1) return false;
      to.flags[at] = cell;
    } else if (type === 'text') {
      const text = field.kind === 'key' ? this.nameOf(cell, texts) : texts[field.name]!;
      if (text === null || text.length > MAX_TEXT_LENGTH) return false;
      to.text.codes[at] = rows.codeOf(to, text);
    } else {
      const list = this.lists.of(cell);
      return list !== null && rows.setList(to, list);
    }
    return true;
  }

  private textsOf(row: readonly unknown[]): Texts {
    if (row[1] !== 1) return this.selection.textsOf(row);
    return (this.ordinary ??= this.selection.textsOf(row));
  }

  private nameOf(cell: unknown, texts: Texts): string | null {
    if (this.names === null) return decode(cell);
    const run = texts['run_id'] ?? null;
    return typeof cell === 'number' && run !== null ? this.names.of(cell, run) : null;
  }

  private problem({ field: { name, kind }, to, type }: Target, cell: unknown): string {
    if (kind === 'key' && this.names !== null)
      return `${name} is ${shownCell(cell)}, which table episodes lacks`;
    if (type === 'text') return `${name} is not ${EXPECTED.text}`;
    const list = type === 'floats' ? this.lists.of(cell) : null;
    if (list !== null) return `${name} has ${list.length} values, in the rows before it has ${to.list.width}`;
    return `${name} is ${shownCell(cell)}, expected ${EXPECTED[type]}`;
  }
}

/** A value for a message; what is too long to be read came as 0. */
function shownCell(cell: unknown): string {
  if (cell instanceof Uint8Array) return 'bytes';
  return typeof cell === 'bigint' || typeof cell === 'number' ? String(cell) : shown(cell);
}

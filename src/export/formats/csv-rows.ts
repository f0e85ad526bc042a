import type { Batch, ListColumn, TextColumn } from '../../core/batch.js';
import { pythonFloat } from '../../core/canonical-json.js';
import { CaptureError } from '../../core/errors.js';
import type { ColumnSchema, StreamSchema } from '../../core/streams.js';

/** The text of one cell of a row. */
type Cell = (row: number) => string;

/** Texts of floats kept (a power of two): on a grid most of them repeat, and printing one costs more than all else. */
const KEPT = 1 << 13;

/** Prints floats as Python does, keeping what it has printed. */
class FloatTexts {
  private readonly values = new Float64Array(KEPT).fill(Number.NaN);
  private readonly texts = Array.from<string>({ length: KEPT }).fill('');
  private readonly probe = new Float64Array(1);
  private readonly words = new Int32Array(this.probe.buffer);

  text(value: number): string {
    this.probe[0] = value;
    const hash = Math.imul(this.words[0]! ^ Math.imul(this.words[1]!, 0x9e3779b1), 0x85ebca6b);
    const entry = (hash ^ (hash >>> 15)) & (KEPT - 1);
    if (this.values[entry] !== value) {
      this.values[entry] = value;
      this.texts[entry] = pythonFloat(value);
    }
    return this.texts[entry]!;
  }
}

/** A text as a CSV field (RFC 4180): quoted when it must be. */
const quoted = (text: string): string =>
  /[",\r\n]/.test(text) || text === '' ? `"${text.replaceAll('"', '""')}"` : text;

/** `observation_summary` is `observation_0`, `observation_1`, … */
const listName = (name: string, index: number): string => `${name.replace(/_summary$/, '')}_${index}`;

/** Rows of one stream as lines of CSV; the first batch decides how many fields a list has. */
export class CsvRows {
  private readonly stream: StreamSchema;
  private readonly floats = new Map<string, FloatTexts>();
  private widths: Map<string, number> | null = null;

  constructor(stream: StreamSchema) {
    this.stream = stream;
    for (const { name, type } of stream.columns) {
      if (type === 'float' || type === 'floats') this.floats.set(name, new FloatTexts());
    }
  }

  /** The line of the names; @param batch the first batch, null when there is none */
  header(batch: Batch | null): Buffer {
    this.widths = new Map(
      this.stream.columns
        .filter(({ type }) => type === 'floats')
        .map(({ name }) => [name, batch === null ? 0 : widthOf(batch, name)]),
    );
    const names = this.stream.columns.flatMap(({ name, type }) =>
      type === 'floats'
        ? Array.from({ length: this.widths!.get(name)! }, (_, index) => listName(name, index))
        : [name],
    );
    return Buffer.from(`${names.join(',')}\n`);
  }

  encode(batch: Batch): Buffer {
    const cells = this.stream.columns.flatMap((column) => this.cells(column, batch));
    let text = '';
    for (let row = 0; row < batch.rows; row++) {
      for (let c = 0; c < cells.length; c++) text += c === 0 ? cells[c]!(row) : `,${cells[c]!(row)}`;
      text += '\n';
    }
    return Buffer.from(text);
  }

  private cells({ name, type }: ColumnSchema, batch: Batch): Cell[] {
    if (type === 'floats') return this.listCells(name, batch);
    const column = batch.columns[name] ?? null;
    if (column === null) return [() => ''];
    if (type === 'text') {
      const { codes, dictionary } = column as TextColumn;
      const texts = dictionary.map(quoted);
      return [(row) => texts[codes[row]!]!];
    }
    if (type === 'bool') return [(row) => ((column as Uint8Array)[row] === 1 ? 'true' : 'false')];
    const values = column as Float64Array;
    const floats = this.floats.get(name);
    return [floats === undefined ? (row) => String(values[row]!) : (row) => floats.text(values[row]!)];
  }

  private listCells(name: string, batch: Batch): Cell[] {
    const expected = this.widths!.get(name)!;
    if (widthOf(batch, name) !== expected) {
      throw new CaptureError(
        'input',
        `${name} has ${expected} values in some rows, ${widthOf(batch, name)} in others`,
        {
          hint: 'csv has one field a value; export it as jsonl, parquet or json',
        },
      );
    }
    if (expected === 0) return [];
    const { width, values } = batch.columns[name] as ListColumn;
    const floats = this.floats.get(name)!;
    return Array.from({ length: width }, (_, index) => (row) => floats.text(values[row * width + index]!));
  }
}

const widthOf = (batch: Batch, name: string): number =>
  (batch.columns[name] as ListColumn | null)?.width ?? 0;

import { describe, expect, it } from 'vitest';
import { JsonLines } from '../../src/backends/jsonl/encode.js';
import { createBatch, type Batch, type ListColumn, type TextColumn } from '../../src/core/batch.js';
import { pythonFloat } from '../../src/core/canonical-json.js';
import { FULL_RECORDING, STEPS, streamsOf, type StreamSchema } from '../../src/core/streams.js';

const ROWS = 600;

/** Rows that come back at different distances, so that tables are hit, missed and written over. */
function fill(stream: StreamSchema, width: number, salt: number, omitted: readonly string[] = []): Batch {
  const batch = createBatch(stream, ROWS, width);
  batch.rows = ROWS;
  stream.columns.forEach(({ name, type }, c) => {
    const column = batch.columns[name]!;
    for (let row = 0; row < ROWS; row++) {
      const value = ((row * (c + 3)) % (7 * (c + salt))) - 3;
      if (type === 'text') (column as TextColumn).codes[row] = row >= 400 ? 1 : 0;
      else if (type === 'floats') {
        for (let w = 0; w < width; w++) (column as ListColumn).values[row * width + w] = value / 7 + w;
      } else
        (column as Float64Array)[row] = type === 'bool' ? value & 1 : type === 'int' ? value * 41 : value / 7;
    }
    if (type === 'text') (column as TextColumn).dictionary.push(`a${salt}"é\u{1f600}`, `b${salt}\n`);
    if (omitted.includes(name)) batch.columns[name] = null;
  });
  return batch;
}

/** The lines once more, plainly. */
function plain({ stream, columns }: Batch, row: number): string {
  const values = stream.columns.map(({ name, type }): string => {
    const column = columns[name] ?? null;
    if (column === null) return 'null';
    if (type === 'text') {
      const { codes, dictionary } = column as TextColumn;
      return JSON.stringify(dictionary[codes[row]!]);
    }
    if (type === 'floats') {
      const { width, values: list } = column as ListColumn;
      return `[${[...list.subarray(row * width, (row + 1) * width)].map(pythonFloat).join(',')}]`;
    }
    const value = (column as Float64Array)[row]!;
    return type === 'bool' ? String(value === 1) : type === 'int' ? String(value) : pythonFloat(value);
  });
  let text = '';
  let open: string | undefined;
  stream.columns.forEach(({ path: [key, inner] }, c) => {
    if (open !== undefined && open !== key) text += '}';
    if (c > 0) text += ',';
    if (inner === undefined) text += `"${key}":`;
    else text += open === key ? `"${inner}":` : `"${key}":{"${inner}":`;
    open = inner === undefined ? undefined : key;
    text += values[c]!;
  });
  return `{${text}${open === undefined ? '' : '}'}}\n`;
}

/** What the batches' rows encode to, each batch into a target of its own that has room for the text and one row. */
function encoded(lines: JsonLines, batch: Batch, rows = [...Array(ROWS).keys()]): string {
  const most = lines.use(batch);
  const target = Buffer.alloc(rows.length * 1000 + most, 0x7e);
  let at = 0;
  for (const row of rows) {
    const end = lines.write(row, target, at);
    expect(end - at).toBeLessThanOrEqual(most);
    at = end;
  }
  return target.toString('utf8', 0, at);
}

const all = streamsOf({
  ...FULL_RECORDING,
  columns: ['orientation', 'velocity', 'concentration', 'gradient', 'wind', 'agent_id'],
}).steps;
const expected = (batch: Batch): string =>
  Array.from({ length: ROWS }, (_, row) => plain(batch, row)).join('');

describe('JSON lines', () => {
  it.each<[string, StreamSchema, number]>([
    ['the base columns', STEPS, 1],
    ['every extra column', all, 2],
    ['lists without values', STEPS, 0],
    ['lists of many values', STEPS, 40],
  ])('say what a plain printer says, batch after batch: %s', (_, stream, width) => {
    const lines = new JsonLines(stream);
    for (const salt of [1, 2, 3]) {
      const batch = fill(stream, width, salt);
      expect(encoded(lines, batch)).toBe(expected(batch));
    }
  });

  it('keep no text of a batch with other null columns or other lists', () => {
    const lines = new JsonLines(STEPS);
    const shapes: [number, string[]][] = [
      [1, []],
      [1, ['action']],
      [1, ['reward']],
      [1, ['action', 'reward', 'observation_summary']],
      [0, []],
      [3, []],
      [1, ['distance_to_goal', 'seed', 'ts']],
      [1, []],
    ];
    for (const [width, omitted] of shapes) {
      const batch = fill(STEPS, width, 1, omitted);
      expect(encoded(lines, batch)).toBe(expected(batch));
    }
  });

  it('may be asked for in any order', () => {
    const batch = fill(STEPS, 1, 2);
    const rows = [450, 3, 3, 599, 0, 399, 400, 2];
    expect(encoded(new JsonLines(STEPS), batch, rows)).toBe(rows.map((row) => plain(batch, row)).join(''));
  });

  it('need no more room than said, also where the target ends', () => {
    const batch = fill(STEPS, 1, 1);
    const lines = new JsonLines(STEPS);
    const target = Buffer.alloc(lines.use(batch));
    for (let row = 0; row < ROWS; row++) {
      expect(target.toString('utf8', 0, lines.write(row, target, 0))).toBe(plain(batch, row));
    }
  });
});

import { mkdtempSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as arrow from 'apache-arrow';
import * as wasm from 'parquet-wasm';
import { describe, expect, it } from 'vitest';
import type { ListColumn, TextColumn } from '../../src/core/batch.js';
import type { StreamName } from '../../src/core/layout.js';
import type { Finding } from '../../src/core/report.js';
import { STREAMS } from '../../src/core/streams.js';
import { openParquetReader } from '../../src/backends/parquet/read.js';
import { writeParquetRun } from '../fixtures/parquet-run.js';
import { runModel, type Step } from '../fixtures/run-model.js';

const scratch = (): string => mkdtempSync(join(tmpdir(), 'parquet-'));

async function write(stream: StreamName, batches: object[][]): Promise<string> {
  const directory = scratch();
  await writeParquetRun(directory, { [stream]: batches });
  return directory;
}

async function read(directory: string, stream: StreamName) {
  const rows: Record<string, unknown>[] = [];
  const findings: Finding[] = [];
  const reader = openParquetReader(directory, readdirSync(directory), STREAMS);
  for await (const { batch } of reader.batches(stream, (found) => findings.push(found))) {
    for (let row = 0; row < batch.rows; row++) {
      const cells = batch.stream.columns.map(({ name, type }) => {
        const column = batch.columns[name] ?? null;
        if (column === null) return [name, null];
        if (type === 'text')
          return [name, (column as TextColumn).dictionary[(column as TextColumn).codes[row]!]];
        if (type !== 'floats') return [name, (column as Float64Array)[row]];
        const { width, values } = column as ListColumn;
        return [name, [...values.subarray(row * width, (row + 1) * width)]];
      });
      rows.push(Object.fromEntries(cells) as Record<string, unknown>);
    }
  }
  return { rows, findings };
}

const flat = (records: object[], stream: StreamName) =>
  records.map((record) =>
    Object.fromEntries(
      STREAMS[stream].columns.map(({ name, path: [key, inner] }) => {
        const value = (record as Record<string, unknown>)[key];
        const found = inner === undefined ? value : (value as Record<string, unknown>)[inner];
        return [name, typeof found === 'boolean' ? Number(found) : found];
      }),
    ),
  );

describe('reads what the writer wrote', () => {
  it('over several row groups and batches', async () => {
    const [first] = runModel().steps;
    const steps = Array.from({ length: 70_000 }, (_, i): Step => ({
      ...first!,
      step: i + 1,
      episode_id: `ep-${i >> 9}`,
      action: i % 2 === 0 ? 7 - i : Number.MAX_SAFE_INTEGER - i,
      terminated: i % 3 === 0,
      observation_summary: [i / 3, -1 / (i + 1)],
    }));
    const directory = await write('steps', [
      steps.slice(0, 10),
      steps.slice(10, 66_000),
      steps.slice(66_000),
    ]);
    const { rows, findings } = await read(directory, 'steps');
    expect(findings).toEqual([]);
    expect(rows).toEqual(flat(steps, 'steps'));
  });

  it('with lists of several widths, also none', async () => {
    const [first] = runModel().steps;
    const lists = [[1, 2], [3, 4], [5, 6, 7], [], [], [8, 9]];
    const steps = lists.map((observation_summary, i) => ({ ...first!, step: i + 1, observation_summary }));
    const directory = await write(
      'steps',
      steps.map((step) => [step]),
    );
    const { rows, findings } = await read(directory, 'steps');
    expect(findings).toEqual([]);
    expect(rows).toEqual(flat(steps, 'steps'));
  });

  it('with null columns, null in some rows or all', async () => {
    const { episodes } = runModel(6);
    const nulls = episodes.slice(3).map((row) => ({ ...row, duration_ms: null, avg_step_time_ms: null }));
    const directory = await write('episodes', [episodes.slice(0, 3), nulls, episodes]);
    const { rows, findings } = await read(directory, 'episodes');
    expect(findings).toEqual([]);
    expect(rows).toEqual(flat([...episodes.slice(0, 3), ...nulls, ...episodes], 'episodes'));
  });
});

describe('parts', () => {
  it('are read in the order of their numbers, and rows say which part they are from', async () => {
    const { episodes } = runModel(3);
    const directory = scratch();
    for (const [i, name] of [
      'episodes.part0002.parquet',
      'episodes.parquet',
      'episodes.part0010.parquet',
    ].entries()) {
      const aside = await write('episodes', [episodes.slice(i, i + 1)]);
      renameSync(join(aside, 'episodes.parquet'), join(directory, name));
    }
    const found: [string, string][] = [];
    const reader = openParquetReader(directory, readdirSync(directory), STREAMS);
    for await (const { batch, source } of reader.batches('episodes', () => {}))
      found.push([source.file, (batch.columns['episode_id'] as TextColumn).dictionary[0]!]);
    expect(found).toEqual([
      ['episodes.parquet', 'ep-000002'],
      ['episodes.part0002.parquet', 'ep-000001'],
      ['episodes.part0010.parquet', 'ep-000003'],
    ]);
  });

  it('one that cannot be read is a finding, and the others are read', async () => {
    const directory = await write('episodes', [runModel(2).episodes]);
    writeFileSync(join(directory, 'episodes.part0001.parquet'), 'PAR1');
    const { rows, findings } = await read(directory, 'episodes');
    expect(rows).toHaveLength(2);
    expect(findings).toMatchObject([{ code: 'parquet-unreadable', file: 'episodes.part0001.parquet' }]);
  });
});

/** A Parquet file written from an Arrow table of one's own. */
function writeTable(columns: Record<string, arrow.Vector>): string {
  const directory = scratch();
  const ipc = arrow.tableToIPC(new arrow.Table(columns), 'stream');
  writeFileSync(join(directory, 'episodes.parquet'), wasm.writeParquet(wasm.Table.fromIPCStream(ipc)));
  return directory;
}

function episodeVectors(): Record<string, arrow.Vector> {
  const text = (value: string) => arrow.vectorFromArray([value, value], new arrow.Utf8());
  const ints = (value: bigint) => arrow.makeVector(BigInt64Array.of(value, value));
  const floats = (value: number) => arrow.makeVector(Float64Array.of(value, value));
  // A vector each: one that stands in two columns is written wrong by apache-arrow.
  const bools = () => arrow.vectorFromArray([true, false], new arrow.Bool());
  return {
    schema_version: text('1.0.0'),
    run_id: text('run'),
    episode_id: arrow.vectorFromArray(['a', 'b'], new arrow.Utf8()),
    terminated: bools(),
    truncated: bools(),
    total_steps: ints(5n),
    total_reward: floats(0.5),
    final_x: ints(-1n),
    final_y: ints(2n),
    final_distance_to_goal: floats(3),
    duration_ms: floats(1),
    avg_step_time_ms: floats(1),
  };
}

describe('files others wrote', () => {
  it('may have plain text columns', async () => {
    const { rows, findings } = await read(writeTable(episodeVectors()), 'episodes');
    expect(findings).toEqual([]);
    expect(rows.map((row) => [row['episode_id'], row['terminated'], row['final_x']])).toEqual([
      ['a', 1, -1],
      ['b', 0, -1],
    ]);
  });

  it.each<[string, Record<string, arrow.Vector>]>([
    ['final_x is Int32, expected int64', { final_x: arrow.makeVector(Int32Array.of(1, 2)) }],
    ['total_reward is Float32', { total_reward: arrow.makeVector(Float32Array.of(1, 2)) }],
    ['run_id is Int64', { run_id: arrow.makeVector(BigInt64Array.of(1n, 2n)) }],
    ['total_reward has nulls', { total_reward: arrow.vectorFromArray([1, null], new arrow.Float64()) }],
  ])('%s', async (message, change) => {
    const { findings } = await read(writeTable({ ...episodeVectors(), ...change }), 'episodes');
    expect(findings).toMatchObject([{ code: 'parquet-column', file: 'episodes.parquet' }]);
    expect(findings[0]!.message).toContain(message);
  });

  it('a missing column', async () => {
    const { run_id: _, ...columns } = episodeVectors();
    const { findings } = await read(writeTable(columns), 'episodes');
    expect(findings[0]!.message).toBe('column run_id is missing');
  });
});

/** A column of as many lists of zeros. */
function zeros(rows: number, width: number): arrow.Vector {
  const type = new arrow.List(new arrow.Field('item', new arrow.Float64(), false));
  const child = arrow.makeData({ type: new arrow.Float64(), data: new Float64Array(rows * width) });
  const valueOffsets = Int32Array.from({ length: rows + 1 }, (_, i) => i * width);
  return arrow.makeVector(arrow.makeData({ type, length: rows, valueOffsets, child }));
}

describe('what would take far too much memory is refused before it is decoded', () => {
  it('a list', async () => {
    const { findings } = await read(writeTable({ ...episodeVectors(), huge: zeros(2, 500_000) }), 'episodes');
    expect(findings).toMatchObject([{ code: 'parquet-unreadable' }]);
    expect(findings[0]!.message).toBe('a column of a row group has 1000000 values, more than 32768');
  });

  it('a list in a file of other columns', async () => {
    const { findings } = await read(writeTable({ huge: zeros(2, 500_000) }), 'episodes');
    expect(findings).toMatchObject([{ code: 'parquet-column', message: 'column schema_version is missing' }]);
  });
});

describe('damage is a finding', () => {
  it.each<[string, (data: Buffer) => Buffer]>([
    ['an empty file', () => Buffer.alloc(0)],
    ['cut', (data) => data.subarray(0, data.length / 2)],
    ['data pages overwritten', (data) => Buffer.from(data).fill(0xff, 8, 300)],
    ['a page header overwritten', (data) => Buffer.from(data).fill(0, 4, 6)],
    ['the footer overwritten', (data) => Buffer.from(data).fill(0xff, data.length - 200, data.length - 100)],
  ])('%s', async (_, damage) => {
    const directory = await write('episodes', [runModel().episodes]);
    const path = join(directory, 'episodes.parquet');
    writeFileSync(path, damage(readFileSync(path)));
    const { findings } = await read(directory, 'episodes');
    expect(findings).toMatchObject([{ code: 'parquet-unreadable', file: 'episodes.parquet', line: null }]);
  });
});

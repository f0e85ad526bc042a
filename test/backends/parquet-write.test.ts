import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openParquetReader } from '../../src/backends/parquet/read.js';
import { readThrift, type ThriftList, type ThriftStruct } from '../../src/backends/parquet/thrift.js';
import { openParquetWriter } from '../../src/backends/parquet/write.js';
import { CODECS } from '../../src/backends/storage.js';
import type { Batch } from '../../src/core/batch.js';
import { EXTRA_COLUMN_NAMES, FULL_RECORDING, OMITTABLE, STREAMS, streamsOf } from '../../src/core/streams.js';
import { batchOf } from '../fixtures/batches.js';
import { parquetStorage, RUN_FACTS, writeParquetRun } from '../fixtures/parquet-run.js';
import { runModel, type Step } from '../fixtures/run-model.js';

const scratch = (): string => mkdtempSync(join(tmpdir(), 'parquet-'));
const model = runModel(6);

const manySteps = (count: number): Step[] =>
  Array.from({ length: count }, (_, i) => ({
    ...model.steps[i % model.steps.length]!,
    step: (i % 500) + 1,
    episode_id: `ep-${String(Math.floor(i / 500) + 1).padStart(6, '0')}`,
    seed: 9_007_199_254_740_000 + Math.floor(i / 500),
  }));

async function rowsOf(directory: string, stream: 'steps' | 'episodes', streams = STREAMS): Promise<number> {
  let rows = 0;
  const problems: string[] = [];
  const names = readdirSync(directory).filter((name) => name.endsWith('.parquet'));
  const reader = openParquetReader(directory, names, streams);
  for await (const { batch } of reader.batches(stream, ({ message }) => problems.push(message)))
    rows += batch.rows;
  expect(problems).toEqual([]);
  return rows;
}

describe('the same rows give the same bytes', () => {
  it('however they are cut into batches', async () => {
    const steps = manySteps(70_000);
    const hashes = [];
    for (const size of [70_000, 4096, 777]) {
      const batches: Step[][] = [];
      for (let at = 0; at < steps.length; at += size) batches.push(steps.slice(at, at + size));
      const files = await writeParquetRun(scratch(), { steps: batches });
      hashes.push(files.map(({ sha256 }) => sha256));
    }
    expect(hashes[1]).toEqual(hashes[0]);
    expect(hashes[2]).toEqual(hashes[0]);
  });

  it('whatever else their dictionaries hold', async () => {
    const plain = batchOf(STREAMS.episodes, model.episodes);
    const other = batchOf(STREAMS.episodes, model.episodes);
    const ids = other.columns['episode_id'] as { codes: Int32Array; dictionary: string[] };
    ids.dictionary.unshift('unused');
    ids.codes = ids.codes.map((code) => code + 1);
    const hashes = [];
    for (const batch of [plain, other]) {
      const writer = await openParquetWriter({
        directory: scratch(),
        streams: STREAMS,
        storage: parquetStorage('none'),
        run: RUN_FACTS,
      });
      await writer.write(batch);
      hashes.push((await writer.close()).map(({ sha256 }) => sha256));
    }
    expect(hashes[1]).toEqual(hashes[0]);
  });
});

it.each(CODECS)('%s: is read back', async (codec) => {
  const directory = scratch();
  const files = await writeParquetRun(
    directory,
    { steps: [manySteps(9000)], episodes: [model.episodes] },
    { storage: parquetStorage(codec) },
  );
  expect(files.map(({ path, rows }) => [path, rows])).toEqual([
    ['steps.parquet', 9000],
    ['episodes.parquet', 6],
  ]);
  expect(files.map(({ bytes }) => bytes)).toEqual(
    files.map(({ path }) => readFileSync(join(directory, path)).length),
  );
  expect(await rowsOf(directory, 'steps')).toBe(9000);
  expect(await rowsOf(directory, 'episodes')).toBe(6);
});

const listAt = (struct: ThriftStruct, id: number) =>
  (struct.get(id)!.value as ThriftList).items as ThriftStruct[];
const textAt = (struct: ThriftStruct, id: number) =>
  Buffer.from(struct.get(id)!.value as Uint8Array).toString();
const numberAt = (struct: ThriftStruct, id: number) => Number(struct.get(id)!.value);

function footerOf(path: string): ThriftStruct {
  const data = readFileSync(path);
  const end = data.length - 8;
  return readThrift(data.subarray(end - data.readUInt32LE(end), end));
}

describe('the footer', () => {
  it('says where the rows come from, a key each', async () => {
    const directory = scratch();
    await writeParquetRun(directory, { episodes: [model.episodes] });
    for (const name of ['steps.parquet', 'episodes.parquet']) {
      const metadata = listAt(footerOf(join(directory, name)), 5);
      expect(metadata.map((pair) => [textAt(pair, 1), textAt(pair, 2)])).toEqual([
        ['schema_version', '1.0.0'],
        ['config_hash', 'c0ffee'],
        ['experiment', 'demo'],
        ['run_id', 'run-20261121-120000'],
      ]);
    }
  });

  it('ids have a dictionary in every row group, groups have at most 65,536 rows', async () => {
    const directory = scratch();
    await writeParquetRun(directory, { steps: [manySteps(70_000)] });
    const groups = listAt(footerOf(join(directory, 'steps.parquet')), 4);
    expect(groups.map((group) => numberAt(group, 3))).toEqual([65_536, 4464]);
    for (const group of groups) {
      for (const at of [0, 2, 3]) {
        const column = listAt(group, 1)[at]!.get(3)!.value as ThriftStruct;
        expect(column.has(11)).toBe(true);
        expect(listAt(column, 2)).toContain(8n);
      }
    }
  });

  it('long lists make shorter row groups', async () => {
    const directory = scratch();
    const observation_summary = Array.from({ length: 16_000 }, (_, i) => i % 7);
    const steps = manySteps(150).map((step) => ({ ...step, observation_summary }));
    await writeParquetRun(directory, { steps: [steps.slice(0, 3), steps.slice(3)] });
    const groups = listAt(footerOf(join(directory, 'steps.parquet')), 4);
    expect(groups.map((group) => numberAt(group, 3))).toEqual([65, 65, 20]);
    expect(await rowsOf(directory, 'steps')).toBe(150);
  });
});

describe('columns', () => {
  it('null in all of a run or in some of its batches', async () => {
    const streams = streamsOf({ ...FULL_RECORDING, omitted: OMITTABLE });
    const directory = scratch();
    const writer = await openParquetWriter({
      directory,
      streams,
      storage: parquetStorage('snappy'),
      run: RUN_FACTS,
    });
    const full = batchOf(streams.steps, model.steps);
    const omitted: Batch = {
      ...full,
      columns: { ...full.columns, action: null, reward: null, observation_summary: null },
    };
    for (const batch of [omitted, full, omitted]) await writer.write(batch);
    await writer.close();
    const found = [];
    const reader = openParquetReader(directory, ['steps.parquet'], streams);
    for await (const { batch } of reader.batches('steps', ({ message }) => expect.unreachable(message)))
      found.push([
        batch.rows,
        batch.columns['action'] === null,
        batch.columns['observation_summary'] === null,
      ]);
    const { rows } = full;
    expect(found).toEqual([
      [rows, true, true],
      [rows, false, false],
      [rows, true, true],
    ]);
  });

  it('beyond the base ones', async () => {
    const streams = streamsOf({ ...FULL_RECORDING, columns: EXTRA_COLUMN_NAMES });
    const directory = scratch();
    const pair = { x: 0.5, y: -0.5 };
    const steps = model.steps.map((step) => ({
      ...step,
      orientation: 90,
      velocity: pair,
      concentration: 0.25,
      gradient: pair,
      wind: pair,
      agent_id: 0,
    }));
    await writeParquetRun(directory, { steps: [steps] }, { streams });
    expect(await rowsOf(directory, 'steps', streams)).toBe(steps.length);
  });

  it('that may not be null are not', async () => {
    const writer = await openParquetWriter({
      directory: scratch(),
      streams: STREAMS,
      storage: parquetStorage('snappy'),
      run: RUN_FACTS,
    });
    const batch = batchOf(STREAMS.steps, model.steps);
    batch.columns['reward'] = null;
    await expect(async () => writer.write(batch)).rejects.toThrow('column reward cannot be null');
    await writer.abort();
  });
});

describe('parts', () => {
  const open = async (directory: string, partSeconds: number | null) => {
    const clock = { ms: 0, now: () => 0, monotonic: () => clock.ms };
    const writer = await openParquetWriter(
      { directory, streams: STREAMS, storage: parquetStorage('snappy', partSeconds), run: RUN_FACTS },
      clock,
    );
    const steps = (): Promise<void> | void => writer.write(batchOf(STREAMS.steps, model.steps));
    const episodes = (): Promise<void> | void => writer.write(batchOf(STREAMS.episodes, model.episodes));
    return { writer, clock, steps, episodes };
  };
  const parquets = (directory: string) =>
    readdirSync(directory)
      .filter((name) => name.endsWith('.parquet'))
      .sort();

  it('of both streams end together at a flush, and when the first row is part_seconds old', async () => {
    const directory = scratch();
    const { writer, clock, steps, episodes } = await open(directory, 10);
    await writer.flush();
    await steps();
    await episodes();
    expect(parquets(directory)).toEqual([]);
    await writer.flush();
    expect(parquets(directory)).toEqual(['episodes.parquet', 'steps.parquet']);
    // nothing has come since: no empty parts
    clock.ms = 200_000;
    await writer.flush();
    await steps();
    clock.ms = 209_999;
    await steps();
    clock.ms = 210_000;
    // the record of the episode those steps are of stays with them
    await episodes();
    expect(parquets(directory)).toEqual(['episodes.parquet', 'steps.parquet']);
    await steps();
    expect(parquets(directory)).toEqual([
      'episodes.parquet',
      'episodes.part0001.parquet',
      'steps.parquet',
      'steps.part0001.parquet',
    ]);
    const files = await writer.close();
    expect(files.map(({ path, rows }) => [path, rows])).toEqual([
      ['steps.parquet', model.steps.length],
      ['steps.part0001.parquet', 2 * model.steps.length],
      ['steps.part0002.parquet', model.steps.length],
      ['episodes.parquet', model.episodes.length],
      ['episodes.part0001.parquet', model.episodes.length],
    ]);
    expect(readdirSync(directory).sort()).toEqual(files.map(({ path }) => path).sort());
  });

  it('of a process that was killed are all readable, and nothing else looks like one', async () => {
    const directory = scratch();
    const { writer, clock, steps, episodes } = await open(directory, 10);
    await steps();
    await episodes();
    clock.ms = 10_000;
    await writer.flush();
    await steps();
    // what lies there now is what a kill leaves
    expect(await rowsOf(directory, 'steps')).toBe(model.steps.length);
    expect(await rowsOf(directory, 'episodes')).toBe(model.episodes.length);
    expect(readdirSync(directory).filter((name) => !name.endsWith('.parquet'))).toEqual([
      'steps.part0001.parquet.tmp',
    ]);
    await writer.abort();
    expect(readdirSync(directory).sort()).toEqual(['episodes.parquet', 'steps.parquet']);
  });

  it('are one a stream when files do not depend on time', async () => {
    const directory = scratch();
    const { writer, clock, steps } = await open(directory, null);
    for (let i = 0; i < 3; i++) {
      await steps();
      clock.ms += 1e9;
      await writer.flush();
    }
    await writer.close();
    expect(readdirSync(directory).sort()).toEqual(['episodes.parquet', 'steps.parquet']);
    expect(await rowsOf(directory, 'steps')).toBe(3 * model.steps.length);
  });

  it('do not replace what is there', async () => {
    const directory = scratch();
    writeFileSync(join(directory, 'episodes.parquet'), '');
    await expect(open(directory, 10)).rejects.toMatchObject({
      kind: 'io',
      message: `cannot create ${join(directory, 'episodes.parquet')}: it exists already`,
    });
    expect(readdirSync(directory)).toEqual(['episodes.parquet']);
  });
});

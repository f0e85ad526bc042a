import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openParquetWriter } from '../../src/backends/parquet/write.js';
import { CODECS } from '../../src/backends/storage.js';
import type { Batch } from '../../src/core/batch.js';
import {
  EXTRA_COLUMN_NAMES,
  FULL_RECORDING,
  OMITTABLE,
  STREAMS,
  streamsOf,
  type StreamSchema,
} from '../../src/core/streams.js';
import { batchOf } from '../fixtures/batches.js';
import { parquetStorage, RUN_FACTS, writeParquetRun } from '../fixtures/parquet-run.js';
import { runModel } from '../fixtures/run-model.js';
import { ask, findPeers } from './python.js';

const peers = findPeers(['pandas', 'pyarrow', 'duckdb']);
const SCRIPT = fileURLToPath(new URL('read_parquet.py', import.meta.url));

interface Answer {
  parts: number;
  rows: Record<'pyarrow' | 'pandas' | 'duckdb' | 'duckdb, an episode', number>;
  types: Record<string, string>;
  codecs: string[];
  dictionaries: string[];
  'wrong statistics': string[];
  metadata: Record<string, string>;
  records: Record<string, unknown>[];
  'duckdb records': Record<string, unknown>[];
}

const folders: string[] = [];
const scratch = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'parquet-'));
  folders.push(folder);
  return folder;
};
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const model = runModel(30);

/** Rows as readers of flat columns see them. */
const flat = (stream: StreamSchema, records: readonly object[]) =>
  records.map((record) =>
    Object.fromEntries(
      stream.columns.map(({ name, path: [key, inner] }) => {
        const value = (record as Record<string, unknown>)[key];
        return [name, inner === undefined ? value : (value as Record<string, unknown>)[inner]];
      }),
    ),
  );

function expectRead(answer: Answer, stream: StreamSchema, records: readonly object[]): void {
  const rows = records.length;
  expect(answer.rows).toMatchObject({ pyarrow: rows, pandas: rows, duckdb: rows });
  expect(answer.records).toEqual(flat(stream, records));
  expect(answer['duckdb records']).toEqual(flat(stream, records));
  expect(answer['wrong statistics']).toEqual([]);
}

describe.skipIf(peers.python === null)(`pandas, pyarrow and DuckDB (${peers.reason})`, () => {
  describe('read every value under every compression', () => {
    let answers: Answer[];
    beforeAll(async () => {
      const questions = [];
      for (const codec of CODECS) {
        const dir = scratch();
        const records = { steps: [model.steps], episodes: [model.episodes] };
        await writeParquetRun(dir, records, { storage: parquetStorage(codec) });
        questions.push({ dir, stream: 'steps' }, { dir, stream: 'episodes' });
      }
      answers = ask(peers, SCRIPT, questions);
    }, 120_000);

    it.each(CODECS)('%s', (codec) => {
      const at = 2 * CODECS.indexOf(codec);
      const name = codec === 'none' ? 'UNCOMPRESSED' : codec.toUpperCase();
      expect(answers[at]!.codecs).toEqual([name]);
      expectRead(answers[at]!, STREAMS.steps, model.steps);
      expectRead(answers[at + 1]!, STREAMS.episodes, model.episodes);
    });

    it('of types that every reader knows', () => {
      expect(answers[0]!.types).toEqual({
        schema_version: 'string',
        ts: 'double',
        run_id: 'string',
        episode_id: 'string',
        step: 'int64',
        action: 'int64',
        reward: 'double',
        terminated: 'bool',
        truncated: 'bool',
        agent_x: 'int64',
        agent_y: 'int64',
        distance_to_goal: 'double',
        observation_summary: 'list<element: double not null>',
        seed: 'int64',
      });
    });

    it('with dictionaries for ids, and where it comes from', () => {
      for (const { dictionaries, metadata } of answers) {
        expect(dictionaries).toEqual(expect.arrayContaining(['schema_version', 'run_id', 'episode_id']));
        const { schema_version, config_hash, experiment, run_id } = RUN_FACTS;
        expect(metadata).toEqual({ schema_version, config_hash, experiment, run_id });
      }
    });
  });

  it('read columns left out and extra columns', async () => {
    const streams = streamsOf({
      ...FULL_RECORDING,
      omitted: OMITTABLE,
      columns: EXTRA_COLUMN_NAMES,
    });
    const pair = { x: 0.5, y: -0.5 };
    const extra = {
      orientation: 90,
      velocity: pair,
      concentration: 0,
      gradient: pair,
      wind: pair,
      agent_id: 0,
    };
    const steps = model.steps.map((step) => ({ ...step, ...extra }));
    const full = batchOf(streams.steps, steps);
    const nothing = { action: null, reward: null, observation_summary: null };
    const omitted: Batch = { ...full, columns: { ...full.columns, ...nothing } };
    const nulls = model.episodes.map((row) => ({ ...row, duration_ms: null, avg_step_time_ms: null }));
    const dir = scratch();
    const storage = parquetStorage('snappy');
    const writer = await openParquetWriter({ directory: dir, streams, storage, run: RUN_FACTS });
    for (const batch of [omitted, full]) await writer.write(batch);
    await writer.write(batchOf(streams.episodes, nulls));
    await writer.close();
    const [some, none] = ask<unknown, Answer>(peers, SCRIPT, [
      { dir, stream: 'steps' },
      { dir, stream: 'episodes' },
    ]) as [Answer, Answer];
    expectRead(some, streams.steps, [...steps.map((step) => ({ ...step, ...nothing })), ...steps]);
    expectRead(none, streams.episodes, nulls);
  });

  it('read several row groups, lists of several widths and parts', async () => {
    const steps = Array.from({ length: 66_000 }, (_, i) => ({
      ...model.steps[i % model.steps.length]!,
      ts: i / 7,
      seed: 9_007_199_254_740_000 + (i % 900),
      action: i % 2 === 0 ? 1 - i : i,
      observation_summary: Array.from({ length: i < 10 ? i % 3 : 2 }, (__, at) => at / 3),
    }));
    const dir = scratch();
    const clock = { ms: 0, now: () => 0, monotonic: () => clock.ms };
    const options = { directory: dir, streams: STREAMS, storage: parquetStorage('zstd', 1), run: RUN_FACTS };
    const writer = await openParquetWriter(options, clock);
    for (let i = 0; i < 10; i++) await writer.write(batchOf(STREAMS.steps, [steps[i]!]));
    await writer.write(batchOf(STREAMS.steps, steps.slice(10, 65_900)));
    clock.ms = 1000;
    await writer.flush();
    await writer.write(batchOf(STREAMS.steps, steps.slice(65_900)));
    await writer.close();
    const [answer] = ask<unknown, Answer>(peers, SCRIPT, [{ dir, stream: 'steps' }]) as [Answer];
    expect(answer.parts).toBe(2);
    expectRead(answer, STREAMS.steps, steps);
    const second = steps.filter((step) => step.episode_id === 'ep-000002');
    expect(answer.rows['duckdb, an episode']).toBe(second.length);
  }, 60_000);
});

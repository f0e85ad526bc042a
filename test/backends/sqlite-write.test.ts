import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, describe, expect, it } from 'vitest';
import { MissingModuleError } from '../../src/backends/missing-module.js';
import { openConnection } from '../../src/backends/sqlite/connection.js';
import { storageOptions } from '../../src/backends/storage.js';
import { EXTRA_COLUMN_NAMES, FULL_RECORDING, STREAMS, streamsOf } from '../../src/core/streams.js';
import { batchOf } from '../fixtures/batches.js';
import { recordAs } from '../fixtures/recorded-model.js';
import { runModel } from '../fixtures/run-model.js';
import {
  NO_DRIVERS,
  openSqlite,
  readSqlite,
  sqliteFolder,
  WASM_ONLY,
  writeEpisodes,
  writeSqliteRun,
  type SqliteRunOptions,
} from '../fixtures/sqlite-run.js';

const open: Database.Database[] = [];
afterEach(() => {
  for (const db of open.splice(0)) db.close();
});
const connect = (path: string, timeout = 0): Database.Database => {
  const db = new Database(path, { timeout });
  open.push(db);
  return db;
};
const file = (directory: string): string => join(directory, 'run.sqlite');
const model = runModel(4);

async function written(options: SqliteRunOptions = {}, of = model) {
  const directory = sqliteFolder();
  await writeSqliteRun(directory, of, options);
  return connect(file(directory));
}

describe('the tables', () => {
  it('hold the run', async () => {
    const db = await written();
    const [run, ...others] = db.prepare('SELECT * FROM runs').all() as Record<string, unknown>[];
    expect(others).toEqual([]);
    expect(run).toMatchObject({
      run_id: 'run-20261121-120000',
      start_timestamp: Date.UTC(2026, 0, 1) / 1000,
      end_timestamp: model.steps.at(-1)!.ts,
      configuration: '{"seed":1}',
    });
    expect(JSON.parse(run!['metadata'] as string)).toEqual({
      experiment: 'demo',
      schema_version: '1.0.0',
      config_hash: 'c'.repeat(64),
      start_time: '2026-01-01T00:00:00.000Z',
    });
  });

  it('take a start without a zone as UTC, and refuse one that is none', async () => {
    const db = await written({ run: { start_time: '2026-01-01T00:00:00.250000' } });
    const seconds = Date.UTC(2026, 0, 1) / 1000 + 0.25;
    expect(db.prepare('SELECT start_timestamp AS at FROM runs').get()).toEqual({ at: seconds });
    const directory = sqliteFolder();
    await expect(openSqlite(directory, { run: { start_time: 'soon' } })).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringContaining("'soon'") as string,
    });
    expect(readdirSync(directory)).toEqual([]);
  });

  it('hold episodes under their numbers', async () => {
    const rows = (await written()).prepare('SELECT * FROM episodes ORDER BY rowid').all();
    expect(rows).toMatchObject(
      model.episodes.map((episode, i) => {
        const steps = model.steps.filter(({ episode_id: id }) => id === episode.episode_id);
        return {
          episode_id: i + 1,
          episode_name: episode.episode_id,
          run_id: episode.run_id,
          start_timestamp: steps[0]!.ts,
          end_timestamp: steps.at(-1)!.ts,
          total_steps: steps.length,
          total_reward: episode.total_reward,
          success: Number(episode.terminated),
          termination_reason: episode.terminated ? 'terminated' : 'truncated',
          terminated: Number(episode.terminated),
          truncated: Number(episode.truncated),
          final_x: episode.final_position.x,
          duration_ms: episode.duration_ms,
        };
      }),
    );
  });

  it('hold steps, actions and observations as JSON', async () => {
    const rows = (await written()).prepare('SELECT * FROM steps ORDER BY step_id').all() as {
      action_data: string;
      observation_data: string;
    }[];
    expect(rows.map(({ action_data: action }) => JSON.parse(action) as unknown)).toEqual(
      model.steps.map(({ action }) => action),
    );
    expect(rows.map(({ observation_data: list }) => JSON.parse(list) as unknown)).toEqual(
      model.steps.map(({ observation_summary: list }) => list),
    );
    expect(rows).toMatchObject(
      model.steps.map((step, i) => ({
        step_id: i + 1,
        episode_id: Number(step.episode_id.slice(3)),
        run_id: step.run_id,
        step_number: step.step,
        timestamp: step.ts,
        agent_id: null,
        position_x: step.agent_position.x,
        orientation: null,
        reward: step.reward,
        terminated: Number(step.terminated),
        distance_to_goal: step.distance_to_goal,
        seed: step.seed,
        schema_version: '1.0.0',
      })),
    );
  });

  it('have the columns of the recording', async () => {
    const recorded = runModel(2);
    const recording = { omitted: ['action', 'reward'] as const, columns: EXTRA_COLUMN_NAMES };
    recordAs(recorded, recording);
    const db = await written({ streams: streamsOf({ ...FULL_RECORDING, ...recording }) }, recorded);
    const first = recorded.steps[0]! as unknown as Record<string, { x: number; y: number } | number>;
    expect(db.prepare('SELECT * FROM steps LIMIT 1').get()).toMatchObject({
      agent_id: 0,
      orientation: first['orientation'],
      velocity_x: (first['velocity'] as { x: number }).x,
      gradient_y: (first['gradient'] as { y: number }).y,
      action_data: null,
      reward: null,
    });
  });

  it('refer to each other without a gap, whatever the rows say', async () => {
    const odd = runModel(3);
    odd.steps[7]!.run_id = 'run-20260101-000000';
    odd.episodes[2]!.episode_id = 'ep-3';
    odd.episodes.push({ ...odd.episodes[0]! });
    const db = await written({}, odd);
    expect(db.pragma('foreign_key_check')).toEqual([]);
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    const ids = db.prepare('SELECT episode_id FROM episodes WHERE total_steps IS NOT NULL ORDER BY rowid');
    expect(ids.pluck().all()).toContain(-1);
  });
});

describe('storage.sqlite', () => {
  it.each(['WAL', 'DELETE', 'TRUNCATE', 'MEMORY'] as const)('journal_mode %s', (mode) => {
    const asked = {
      journal_mode: mode,
      synchronous: 'EXTRA',
      cache_size: 123,
      connection_timeout: 1.25,
    } as const;
    const options = storageOptions({ sqlite: { ...storageOptions().sqlite, ...asked } });
    const db = openConnection(Database, file(sqliteFolder()), options);
    open.push(db);
    const pragma = (name: string): unknown => db.pragma(name, { simple: true });
    expect(pragma('journal_mode')).toBe(mode.toLowerCase());
    expect(pragma('synchronous')).toBe(3);
    expect(pragma('cache_size')).toBe(123);
    expect(pragma('busy_timeout')).toBe(1250);
  });

  it('journal_mode is refused where it is not possible', () => {
    // a database in memory knows no WAL
    expect(() => openConnection(Database, ':memory:', storageOptions())).toThrow(
      expect.objectContaining({
        kind: 'config',
        message: expect.stringContaining('journal_mode WAL') as string,
      }),
    );
  });

  it('batch_size is the most rows of a transaction, and flush commits the rest', async () => {
    const directory = sqliteFolder();
    const writer = await openSqlite(directory, { sqlite: { batch_size: 5 } });
    const count = connect(file(directory)).prepare('SELECT count(*) FROM steps').pluck();
    const batch = batchOf(STREAMS.steps, model.steps.slice(0, 13));
    await writer.write(batch);
    expect(count.get()).toBe(10);
    await writer.flush();
    expect(count.get()).toBe(13);
    await writer.abort();
  });

  it.each([
    ['deferred', false],
    ['immediate', false],
    ['exclusive', true],
  ] as const)('transaction_mode %s', async (mode, shutsOut) => {
    const directory = sqliteFolder();
    const writer = await openSqlite(directory, {
      sqlite: { transaction_mode: mode, journal_mode: 'DELETE' },
    });
    await writer.write(batchOf(STREAMS.steps, model.steps));
    const other = connect(file(directory));
    const read = (): unknown => other.prepare('SELECT count(*) FROM steps').pluck().get();
    if (shutsOut) expect(read).toThrow(/locked/);
    else expect(read()).toBe(0);
    await writer.abort();
  });

  it('connection_timeout ends the wait for another process', async () => {
    const directory = sqliteFolder();
    const writer = await openSqlite(directory, { sqlite: { connection_timeout: 0.01 } });
    connect(file(directory)).exec('BEGIN IMMEDIATE');
    await expect(async () => writer.write(batchOf(STREAMS.steps, model.steps))).rejects.toMatchObject({
      kind: 'busy',
      hint: expect.stringContaining('connection_timeout') as string,
    });
    await writer.abort();
  });
});

describe('the file', () => {
  it.each(['WAL', 'DELETE', 'TRUNCATE', 'MEMORY'] as const)(
    'stands alone when it is closed: %s',
    async (mode) => {
      const directory = sqliteFolder();
      const closed = await writeSqliteRun(directory, model, { sqlite: { journal_mode: mode } });
      expect(readdirSync(directory)).toEqual(['run.sqlite']);
      const bytes = readFileSync(file(directory));
      expect(closed).toEqual({
        path: 'run.sqlite',
        bytes: bytes.length,
        sha256: createHash('sha256').update(bytes).digest('hex'),
        rows: model.steps.length + model.episodes.length,
      });
      // bytes 18 and 19: 1 an ordinary file, 2 one with a write-ahead log
      expect([bytes[18], bytes[19]]).toEqual([1, 1]);
    },
  );

  it('stands when the last reader has gone', async () => {
    const directory = sqliteFolder();
    const writer = await openSqlite(directory, { sqlite: { connection_timeout: 0.01 } });
    await writer.write(batchOf(STREAMS.steps, model.steps));
    await writer.flush();
    const reader = connect(file(directory));
    const rows = reader.prepare('SELECT * FROM steps').iterate();
    rows.next();
    const order: string[] = [];
    const closed = writer.close().then(() => order.push('closed'));
    await new Promise((resolve) => setTimeout(resolve, 300));
    rows.return!();
    reader.close();
    order.push('reader gone');
    await closed;
    expect(order).toEqual(['reader gone', 'closed']);
    expect(readdirSync(directory)).toEqual(['run.sqlite']);
  });

  it('has the committed rows after an abort', async () => {
    const directory = sqliteFolder();
    const writer = await openSqlite(directory);
    await writeEpisodes(writer, {
      ...model,
      steps: model.steps.slice(0, 9),
      episodes: model.episodes.slice(0, 1),
    });
    await writer.flush();
    await writer.write(batchOf(STREAMS.steps, model.steps.slice(9)));
    await writer.abort();
    await writer.abort();
    expect(readdirSync(directory)).toEqual(['run.sqlite']);
    expect((await readSqlite(directory)).rows).toHaveLength(9);
    expect((await readSqlite(directory, 'episodes')).rows).toHaveLength(1);
  });

  it.each(['run.sqlite', 'run.sqlite-wal', 'run.sqlite-journal'])(
    'is not made where %s lies',
    async (name) => {
      const directory = sqliteFolder();
      writeFileSync(join(directory, name), 'kept');
      await expect(openSqlite(directory)).rejects.toMatchObject({
        kind: 'io',
        message: expect.stringContaining(name) as string,
      });
      expect(readdirSync(directory)).toEqual([name]);
      expect(readFileSync(join(directory, name), 'utf8')).toBe('kept');
    },
  );

  it('is not made where there is no folder', async () => {
    const directory = join(sqliteFolder(), 'none');
    await expect(openSqlite(directory)).rejects.toMatchObject({ kind: 'io' });
    expect(existsSync(directory)).toBe(false);
  });

  it.each([
    ['the compiled package', WASM_ONLY],
    ['any package', NO_DRIVERS],
  ])('is not begun without %s', async (_, drivers) => {
    const directory = sqliteFolder();
    const error: unknown = await openSqlite(directory, { drivers }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(MissingModuleError);
    expect(error).toMatchObject({
      kind: 'config',
      message: expect.stringContaining('better-sqlite3') as string,
    });
    expect(readdirSync(directory)).toEqual([]);
  });
});

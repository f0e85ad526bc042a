import {
  chmodSync,
  copyFileSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { DRIVERS } from '../../src/backends/sqlite/driver.js';
import { EXTRA_COLUMN_NAMES, FULL_RECORDING, OMITTABLE, STREAMS, streamsOf } from '../../src/core/streams.js';
import { fromBatch } from '../../src/contracts/rows.js';
import { batchOf } from '../fixtures/batches.js';
import { recordAs } from '../fixtures/recorded-model.js';
import { runModel, type RunModel, type Step } from '../fixtures/run-model.js';
import {
  NO_DRIVERS,
  openSqlite,
  readSqlite,
  sqliteFolder,
  WASM_ONLY,
  writeEpisodes,
  writeSqliteRun,
} from '../fixtures/sqlite-run.js';

const model = runModel(4);
const file = (directory: string): string => join(directory, 'run.sqlite');
const expected = (of: RunModel, streams = STREAMS) => ({
  steps: fromBatch(batchOf(streams.steps, of.steps)),
  episodes: fromBatch(batchOf(streams.episodes, of.episodes)),
});

/** A run whose file is changed by SQL once it is written. */
async function changed(sql: string, of = model): Promise<string> {
  const directory = sqliteFolder();
  await writeSqliteRun(directory, of);
  const db = new Database(file(directory));
  db.unsafeMode();
  db.pragma('foreign_keys = OFF');
  db.exec(sql);
  db.close();
  return directory;
}

const manySteps = (count: number): Step[] =>
  Array.from({ length: count }, (_, i) => ({ ...model.steps[i % model.steps.length]!, step: i + 1 }));

const DRIVERS_BY_NAME = { 'better-sqlite3': DRIVERS, 'node-sqlite3-wasm': WASM_ONLY };

describe.each(Object.entries(DRIVERS_BY_NAME))('with %s', (_, drivers) => {
  const leftInTmp = (): string[] =>
    readdirSync(tmpdir()).filter((name) => name.startsWith('plume-nav-capture-'));

  it('reads what was written, and leaves the folder as it is', async () => {
    const directory = sqliteFolder();
    await writeSqliteRun(directory, model);
    const before = leftInTmp();
    for (const stream of ['steps', 'episodes'] as const) {
      const { rows, findings } = await readSqlite(directory, stream, { drivers });
      expect(findings).toEqual([]);
      expect(rows).toEqual(expected(model)[stream]);
    }
    expect(readdirSync(directory)).toEqual(['run.sqlite']);
    expect(leftInTmp()).toEqual(before);
  });

  it('reads any text and any number', async () => {
    const odd = runModel(2);
    const ids = ['', 'a\0b', 'é漢😀', 'ep-1', `ep-${'9'.repeat(16)}`, 'ep-100000000000000000000', "'; --"];
    odd.steps = ids.map((id, i) => ({
      ...odd.steps[i]!,
      episode_id: id,
      run_id: ids.at(-1 - i)!,
      action: [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 0][i % 3]!,
      seed: Number.MAX_SAFE_INTEGER - i,
      reward: [5e-324, -1.7976931348623157e308, 0.1 + 0.2, 1e21, -1e-7, 3, 2 ** 53][i]!,
      observation_summary: [1e-7 * i, -1e300 / (i + 1)],
    }));
    odd.episodes = ids.map((id, i) => ({ ...odd.episodes[i % 2]!, episode_id: id, run_id: ids.at(-1 - i)! }));
    const directory = sqliteFolder();
    const writer = await openSqlite(directory);
    await writer.write(batchOf(STREAMS.steps, odd.steps));
    await writer.write(batchOf(STREAMS.episodes, odd.episodes));
    await writer.close();
    for (const stream of ['steps', 'episodes'] as const) {
      const { rows, findings } = await readSqlite(directory, stream, { drivers });
      expect(findings).toEqual([]);
      expect(rows).toEqual(expected(odd)[stream]);
    }
  });

  it('reads extra and omitted columns', async () => {
    const recorded = runModel(3);
    recordAs(recorded, { omitted: OMITTABLE, columns: EXTRA_COLUMN_NAMES });
    const streams = streamsOf({ ...FULL_RECORDING, omitted: OMITTABLE, columns: EXTRA_COLUMN_NAMES });
    const directory = sqliteFolder();
    await writeSqliteRun(directory, recorded, { streams });
    const { rows, findings } = await readSqlite(directory, 'steps', { drivers, streams });
    expect(findings).toEqual([]);
    expect(rows).toEqual(expected(recorded, streams).steps);
  });

  it('reads rows before the damage, and says that there is some', async () => {
    const directory = sqliteFolder();
    await writeSqliteRun(directory, { ...model, steps: manySteps(9000) });
    truncateSync(file(directory), Math.floor(statSync(file(directory)).size / 2 / 4096) * 4096);
    const { rows, findings } = await readSqlite(directory, 'steps', { drivers });
    expect(findings).toMatchObject([{ code: 'sqlite-unreadable', severity: 'error', file: 'run.sqlite' }]);
    expect(rows).toEqual(expected({ ...model, steps: manySteps(9000) }).steps.slice(0, rows.length));
  });

  it.each([
    ['no database', Buffer.from('no database at all, but long enough to be one'.repeat(100))],
    ['an empty file', Buffer.alloc(0)],
    ['the beginning of a header', Buffer.from('SQLite format 3\0')],
  ])('finds that it is %s', async (__, bytes) => {
    const directory = sqliteFolder();
    writeFileSync(file(directory), bytes);
    const { rows, findings } = await readSqlite(directory, 'steps', { drivers });
    expect(rows).toEqual([]);
    expect(findings).toMatchObject([{ severity: 'error', file: 'run.sqlite' }]);
    expect(findings[0]!.code).toMatch(/^sqlite-/);
  });
});

describe('leaves out a row that is wrong, and says why', () => {
  it.each([
    ["UPDATE steps SET reward = 'much' WHERE step_id = 7", 'reward is "much", expected a finite number'],
    ['UPDATE steps SET reward = NULL WHERE step_id = 7', 'reward is null'],
    ['UPDATE steps SET reward = 1e999 WHERE step_id = 7', 'reward is Infinity'],
    ['UPDATE steps SET step_number = 1.5 WHERE step_id = 7', 'step_number is 1.5'],
    ['UPDATE steps SET seed = 9007199254740993 WHERE step_id = 7', 'seed is'],
    ['UPDATE steps SET terminated = 2 WHERE step_id = 7', 'terminated is 2, expected 0 or 1'],
    ["UPDATE steps SET action_data = '1.5' WHERE step_id = 7", 'action_data is "1.5"'],
    ["UPDATE steps SET action_data = ' 1' WHERE step_id = 7", 'action_data is " 1"'],
    ["UPDATE steps SET observation_data = '[1,2' WHERE step_id = 7", 'expected a JSON list'],
    ["UPDATE steps SET observation_data = '[1,null]' WHERE step_id = 7", 'expected a JSON list'],
    [
      "UPDATE steps SET observation_data = '[1]' WHERE step_id = 7",
      'has 1 values, in the rows before it has 2',
    ],
    ["UPDATE steps SET observation_data = x'00' WHERE step_id = 7", 'observation_data is bytes'],
    ['UPDATE steps SET run_id = NULL WHERE step_id = 7', 'run_id is not text'],
    ["UPDATE steps SET run_id = x'00' WHERE step_id = 7", 'run_id is not text'],
    ["UPDATE steps SET schema_version = CAST(x'ff' AS TEXT) WHERE step_id = 7", 'schema_version is not text'],
    ['UPDATE steps SET episode_id = 99 WHERE step_id = 7', 'episode_id is 99, which table episodes lacks'],
    ["UPDATE steps SET run_id = replace(hex(zeroblob(2000000)), '0', 'x') WHERE step_id = 7", 'not too long'],
    [
      "UPDATE steps SET observation_data = '[' || replace(hex(zeroblob(2000000)), '00', '1,') || '1]' WHERE step_id = 7",
      'observation_data is 0',
    ],
  ])('%s', async (sql, says) => {
    const { rows, findings } = await readSqlite(await changed(sql));
    expect(findings).toMatchObject([
      { code: 'sqlite-column', severity: 'error', file: 'run.sqlite', line: null },
    ]);
    expect(findings[0]!.message).toContain('steps, row 7');
    expect(findings[0]!.message).toContain(says);
    expect(rows).toEqual(expected(model).steps.filter((__, i) => i !== 6));
  });

  it('until there are too many', async () => {
    const directory = await changed('UPDATE steps SET terminated = 7', { ...model, steps: manySteps(3000) });
    const { rows, findings } = await readSqlite(directory);
    expect(rows).toEqual([]);
    expect(findings).toHaveLength(1001);
    expect(findings.at(-1)!.message).toContain('the rest is not read');
  });

  it('and takes a text that is another than in most rows', async () => {
    const directory = await changed("UPDATE steps SET schema_version = '0.1' WHERE step_id IN (1, 3)");
    const { rows, findings } = await readSqlite(directory);
    expect(findings).toEqual([]);
    expect(rows.map((row) => row['schema_version']).slice(0, 4)).toEqual(['0.1', '1.0.0', '0.1', '1.0.0']);
  });
});

describe('reads tables only', () => {
  it.each([
    ['DROP TABLE steps', 'there is no table steps'],
    ['ALTER TABLE steps DROP COLUMN seed', 'steps has no column seed'],
    ['ALTER TABLE steps RENAME TO other; CREATE VIEW steps AS SELECT * FROM other', 'steps is a view'],
    ['DROP TABLE steps; CREATE VIRTUAL TABLE steps USING fts5(seed)', 'steps is a virtual'],
    ['DROP TABLE steps; CREATE TABLE steps (seed INTEGER PRIMARY KEY) WITHOUT ROWID', 'without rowid'],
    [
      'ALTER TABLE steps DROP COLUMN seed; ALTER TABLE steps ADD COLUMN seed AS (1 + 1)',
      'steps.seed is computed',
    ],
    ['ALTER TABLE steps ADD COLUMN rowid INTEGER', 'has a column called rowid'],
    ['ALTER TABLE episodes RENAME COLUMN episode_name TO name', 'episodes has no column episode_name'],
    [
      `ALTER TABLE episodes RENAME TO other; CREATE TABLE episodes AS SELECT * FROM other;`,
      'episodes is not keyed by episode_id and run_id',
    ],
  ])('%s', async (sql, says) => {
    const { rows, findings } = await readSqlite(await changed(sql));
    expect(rows).toEqual([]);
    expect(findings).toMatchObject([{ code: 'sqlite-column', file: 'run.sqlite' }]);
    expect(findings[0]!.message).toContain(says);
  });

  it('whatever else is in the file', async () => {
    const directory = await changed(`
      CREATE INDEX hostile ON steps (abs(reward));
      CREATE TRIGGER t AFTER UPDATE ON steps BEGIN DELETE FROM steps; END;
      CREATE VIEW v AS SELECT load_extension('x') FROM steps;
      ALTER TABLE steps ADD COLUMN more TEXT DEFAULT 'x';
    `);
    const { rows, findings } = await readSqlite(directory);
    expect(findings).toEqual([]);
    expect(rows).toEqual(expected(model).steps);
  });

  it('comparing texts byte for byte, whatever the schema says', async () => {
    const directory = await changed(`
      PRAGMA writable_schema = ON;
      UPDATE sqlite_schema SET sql = replace(sql, 'schema_version TEXT', 'schema_version INTEGER COLLATE NOCASE')
        WHERE name = 'steps';
    `);
    const db = new Database(file(directory));
    db.exec(
      "UPDATE steps SET schema_version = '1.0.0A'; UPDATE steps SET schema_version = '1.0.0a' WHERE step_id = 2",
    );
    db.close();
    const { rows } = await readSqlite(directory);
    expect(rows.map((row) => row['schema_version']).slice(0, 3)).toEqual(['1.0.0A', '1.0.0a', '1.0.0A']);
  });

  it('whose rows have an end', async () => {
    const directory = sqliteFolder();
    await writeSqliteRun(directory, { ...model, steps: manySteps(3000) });
    const db = new Database(file(directory));
    const root = db
      .prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'steps'")
      .pluck()
      .get() as number;
    db.close();
    const bytes = readFileSync(file(directory));
    const page = bytes.subarray((root - 1) * 4096, root * 4096);
    expect(page[0]).toBe(5);
    // every child of the table's root is the first one
    const children = page.readUInt16BE(3);
    const first = page.readUInt32BE(page.readUInt16BE(12));
    for (let i = 0; i < children; i++) page.writeUInt32BE(first, page.readUInt16BE(12 + 2 * i));
    page.writeUInt32BE(first, 8);
    writeFileSync(file(directory), bytes);
    const { rows, findings } = await readSqlite(directory);
    expect(rows.length).toBeLessThan(3000);
    expect(findings).toMatchObject([{ code: 'sqlite-unreadable' }]);
    expect(findings[0]!.message).toMatch(/comes after row|malformed/);
  });

  it('however its bytes are changed', async () => {
    const whole = sqliteFolder();
    await writeSqliteRun(whole, model);
    const bytes = readFileSync(file(whole));
    const directory = sqliteFolder();
    for (let i = 0; i < 200; i++) {
      const damaged = Buffer.from(bytes);
      for (let k = 0; k < 4; k++)
        damaged[(i * 7919 + k * 104_729 + i * i * 31) % bytes.length] = (i * 37 + k * 101) & 255;
      writeFileSync(file(directory), damaged);
      const { rows, findings } = await readSqlite(directory);
      for (const { code } of findings) expect(code).toMatch(/^sqlite-/);
      expect(rows.length).toBeLessThanOrEqual(model.steps.length);
    }
  });
});

describe('of a writer that was killed', () => {
  /** The files as a kill leaves them: the writer has no chance to do anything. */
  async function killed(sqlite: Parameters<typeof openSqlite>[1], names: string[]): Promise<string> {
    const directory = sqliteFolder();
    const writer = await openSqlite(directory, sqlite);
    await writeEpisodes(writer, {
      ...model,
      steps: model.steps.slice(0, 9),
      episodes: model.episodes.slice(0, 1),
    });
    await writer.flush();
    await writer.write(batchOf(STREAMS.steps, manySteps(3000)));
    const left = sqliteFolder();
    expect(readdirSync(directory)).toEqual(expect.arrayContaining(names));
    for (const name of readdirSync(directory)) copyFileSync(join(directory, name), join(left, name));
    await writer.abort();
    return left;
  }

  it('reads what was committed to the write-ahead log, and leaves it there', async () => {
    const directory = await killed({ sqlite: { batch_size: 10_000 } }, ['run.sqlite-wal', 'run.sqlite-shm']);
    const wal = readFileSync(`${file(directory)}-wal`);
    const { rows, findings } = await readSqlite(directory);
    expect(findings).toEqual([]);
    expect(rows).toEqual(expected(model).steps.slice(0, 9));
    expect((await readSqlite(directory, 'episodes')).rows).toEqual(expected(model).episodes.slice(0, 1));
    expect(readFileSync(`${file(directory)}-wal`)).toEqual(wal);
  });

  it('reads what was committed before the transaction in the journal, and leaves it there', async () => {
    const options = {
      batch_size: 10_000,
      journal_mode: 'DELETE',
      cache_size: 10,
      synchronous: 'OFF',
    } as const;
    const directory = await killed({ sqlite: options }, ['run.sqlite-journal']);
    const before = readdirSync(directory).map((name) => readFileSync(join(directory, name)));
    const { rows, findings } = await readSqlite(directory);
    expect(findings).toEqual([]);
    expect(rows).toEqual(expected(model).steps.slice(0, 9));
    expect(readdirSync(directory).map((name) => readFileSync(join(directory, name)))).toEqual(before);
  });

  // the superuser may write anywhere
  it.skipIf(process.getuid?.() === 0)('reads it in a folder that nobody may write in', async () => {
    const directory = await killed({}, ['run.sqlite-wal']);
    rmSync(`${file(directory)}-shm`);
    chmodSync(directory, 0o555);
    const { rows, findings } = await readSqlite(directory);
    expect(findings).toEqual([]);
    expect(rows).toEqual(expected(model).steps.slice(0, 9));
    expect(readdirSync(directory)).toEqual(['run.sqlite', 'run.sqlite-wal']);
  });

  it('names the package that can read it', async () => {
    const directory = await killed({}, ['run.sqlite-wal']);
    await expect(readSqlite(directory, 'steps', { drivers: WASM_ONLY })).rejects.toMatchObject({
      kind: 'config',
      message: expect.stringContaining('better-sqlite3') as string,
    });
  });
});

it('names a package to install when there is none', async () => {
  const directory = sqliteFolder();
  await writeSqliteRun(directory, model);
  await expect(readSqlite(directory, 'steps', { drivers: NO_DRIVERS })).rejects.toMatchObject({
    kind: 'config',
    message: expect.stringContaining('sqlite') as string,
  });
});

it('reads nothing of a folder without the file', async () => {
  expect(await readSqlite(sqliteFolder())).toEqual({ rows: [], findings: [] });
});

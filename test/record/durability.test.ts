import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { openConnection } from '../../src/backends/sqlite/connection.js';
import { DRIVERS } from '../../src/backends/sqlite/driver.js';
import { storageOptions, type Durability } from '../../src/backends/storage.js';
import type { JsonMap } from '../../src/core/canonical-json.js';
import { loadConfig } from '../../src/config/index.js';
import { lines, openWalk, walk } from '../fixtures/walk.js';

/** What was synchronised, in order: files that are written front to back, and directories. */
const synced = vi.hoisted(() => ({ files: 0, directories: [] as string[] }));

vi.mock(import('node:fs'), async (original) => {
  const fs = await original();
  const fsyncSync: typeof fs.fsyncSync = (fd) => {
    synced.files++;
    fs.fsyncSync(fd);
  };
  return { ...fs, default: { ...fs.default, fsyncSync }, fsyncSync };
});

vi.mock(import('../../src/io/atomic.js'), async (original) => {
  const atomic = await original();
  return {
    ...atomic,
    syncDirectory: (path) => (synced.directories.push(path), atomic.syncDirectory(path)),
    syncPath: (path, root) => (
      synced.directories.push(`${path} up to that of ${root}`),
      atomic.syncPath(path, root)
    ),
  };
});

beforeEach(() => {
  synced.files = 0;
  synced.directories = [];
});

/**
 * Records steps 0.7 s apart, waits for as many on disk after each as there must be, and says what was synchronised.
 * @param syncs directories that will be synchronised for them
 */
async function stepsOnDisk(record: JsonMap, onDisk: readonly number[], syncs: number) {
  const time = { ms: 0 };
  const clock = { now: () => 0, monotonic: () => time.ms };
  const recorder = await openWalk([1], { record }, { clock });
  const { directory } = recorder;
  const opening = [...synced.directories];
  synced.directories = [];
  for (const [i, count] of onDisk.entries()) {
    await recorder.recordStep([...walk(0)][i]!);
    time.ms += 700;
    // a step does not wait for the flush
    await expect.poll(() => lines(join(directory, 'steps.jsonl.gz')).length).toBe(count);
  }
  await expect.poll(() => synced.directories.length).toBe(syncs);
  const during = { files: synced.files, directories: [...synced.directories] };
  await recorder.close();
  return { directory, opening, during, closed: synced.files };
}

describe('record.durability', () => {
  it('flush: records are with the system after the interval, and on the disk at the end', async () => {
    const { opening, during, closed } = await stepsOnDisk({}, [0, 0, 3, 3], 0);
    expect(opening).toEqual([]);
    expect(during).toEqual({ files: 0, directories: [] });
    expect(closed).toBe(2);
  });

  it('fsync: after the interval they are on the disk, with the names of their files', async () => {
    const { directory, opening, during } = await stepsOnDisk({ durability: 'fsync' }, [0, 0, 3, 3], 1);
    expect(opening).toEqual([`${directory} up to that of ${dirname(dirname(directory))}`]);
    expect(during).toEqual({ files: 2, directories: [directory] });
  });

  it('none: records are written when there are enough of them, or at the end', async () => {
    const { directory } = await stepsOnDisk({ durability: 'none' }, [0, 0, 0, 0], 0);
    expect(lines(join(directory, 'steps.jsonl.gz'))).toHaveLength(4);
  });
});

describe('SQLite waits for the disk', () => {
  const SYNCHRONOUS = ['OFF', 'NORMAL', 'FULL', 'EXTRA'] as const;

  it.each<[(typeof SYNCHRONOUS)[number], Durability, string]>([
    ['NORMAL', 'flush', 'NORMAL'],
    ['OFF', 'none', 'OFF'],
    // in WAL mode NORMAL leaves a commit with the system
    ['NORMAL', 'fsync', 'FULL'],
    ['EXTRA', 'fsync', 'EXTRA'],
  ])('synchronous %s with durability %s: %s', async (synchronous, durability, expected) => {
    const path = join(mkdtempSync(join(tmpdir(), 'durable-')), 'run.sqlite');
    const { sqlite } = storageOptions();
    const db = openConnection(await DRIVERS.native(), path, {
      sqlite: { ...sqlite, synchronous },
      durability,
    });
    expect(SYNCHRONOUS[db.pragma('synchronous', { simple: true }) as number]).toBe(expected);
    db.close();
  });
});

const load = (...overrides: string[]) =>
  loadConfig({ configPath: null, configName: 'data_capture/config', overrides });

describe('record.durability is refused', () => {
  it.each<[string[], string]>([
    [['record.durability=fsnc'], "record.durability: expected flush or none or fsync, not 'fsnc'"],
    [['record.durability=fsync', 'clock=sim'], 'record.durability: applies to clock=wall only'],
    [['record=parquet', 'record.durability=none'], 'record.durability: expected flush or fsync: parts of'],
    [['record=none', '+record.durability=fsync'], 'record.durability: applies to runs that are recorded'],
    [
      ['record=sqlite', 'record.durability=fsync', 'record.storage.sqlite.synchronous=OFF'],
      'record.storage.sqlite.synchronous: expected NORMAL, FULL or EXTRA, since record.durability is fsync',
    ],
    [
      ['record=sqlite', 'record.durability=fsync', 'record.storage.sqlite.journal_mode=MEMORY'],
      'record.storage.sqlite.journal_mode: expected WAL, DELETE or TRUNCATE, since record.durability is fsync',
    ],
  ])('%j', async (overrides, message) => {
    await expect(load(...overrides)).rejects.toThrow(message);
  });

  it.each(['jsonl', 'parquet', 'hdf5', 'sqlite'])('but not fsync of %s', async (name) => {
    const { config } = await load(`record=${name}`, 'record.durability=fsync');
    expect(config.record.durability).toBe('fsync');
  });
});

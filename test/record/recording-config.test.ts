import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/index.js';
import { EXTRA_COLUMN_NAMES, FULL_RECORDING, type Recording } from '../../src/core/streams.js';
import { recordingOfConfig } from '../../src/record/config.js';

const load = (...overrides: string[]) =>
  loadConfig({ configPath: null, configName: 'data_capture/config', overrides });

async function recordingOf(...overrides: string[]): Promise<Recording> {
  const { config } = await load(...overrides);
  return recordingOfConfig(config.record);
}

it('everything is recorded unless something is said', async () => {
  expect(await recordingOf()).toBe(FULL_RECORDING);
  expect(await recordingOf('record.recording.step_interval=1', 'record.columns=[]')).toBe(FULL_RECORDING);
});

it.each<[string[], Partial<Recording>]>([
  [['record.recording.full=false'], { full: false }],
  [['record.recording.step_interval=7'], { step_interval: 7 }],
  [['record.recording.include_actions=false'], { omitted: ['action'] }],
  [
    ['record.recording.include_observations=false', 'record.recording.include_rewards=false'],
    { omitted: ['reward', 'observation_summary'] },
  ],
  [['record.columns=[velocity]'], { columns: ['velocity'] }],
])('%j', async (overrides, expected) => {
  expect(await recordingOf(...overrides)).toEqual({ ...FULL_RECORDING, ...expected });
});

it('columns stand in one order, whatever the one they are asked for in', async () => {
  const backwards = [...EXTRA_COLUMN_NAMES].reverse().join(',');
  const { columns } = await recordingOf(`record.columns=[${backwards}]`, 'env.wind.enabled=true');
  expect(columns).toEqual(EXTRA_COLUMN_NAMES);
});

describe('refuses', () => {
  it.each<[string[], string]>([
    [
      ['record.columns=[orientaton]'],
      "record.columns.0: unknown column 'orientaton', did you mean 'orientation'? (override",
    ],
    [['record.columns=[velocity,5]'], 'record.columns.1: expected the name of a column, valid: orientation,'],
    [['record.columns=velocity'], "record.columns: expected a list, not 'velocity' (override"],
    [['record.columns=[wind,velocity,velocity]'], 'record.columns: expected velocity once, not [wind,'],
    [['record.columns=[wind]'], 'env.wind.enabled: expected true, since record.columns has wind, not false'],
    [
      ['record.recording.full=false', 'record.recording.step_interval=2'],
      'record.recording.step_interval: expected 1, since full: false records no steps, not 2',
    ],
    [
      ['record.recording.full=false', 'record.columns=[velocity]'],
      'record.columns: expected no extra columns, since recording.full: false records no steps',
    ],
    [['record.recording.step_interval=0'], 'record.recording.step_interval: expected an integer >= 1, not 0'],
    [['record.recording.step_intervall=2'], "did you mean 'record.recording.step_interval'"],
  ])('%j', async (overrides, message) => {
    await expect(recordingOf(...overrides)).rejects.toThrow(message);
  });
});

const PART_SECONDS = '+record.storage.parquet.part_seconds';
const FLUSH_SECONDS = 'record.performance.buffer.flush_interval_seconds';
const QUEUE_SIZE = 'record.performance.async_io.queue_size';
const HDF5 = 'record.storage.hdf5';
const DEBUG = 'record.debug';

describe('refuses what cannot apply', () => {
  it.each<[string[], string]>([
    [
      [`${PART_SECONDS}=5`],
      'record.storage.parquet.part_seconds: applies to record=parquet only, and the backend is jsonl (override',
    ],
    [['parquet=true', `${PART_SECONDS}=5`], 'applies to record=parquet only, and the backend is jsonl'],
    [['record=hdf5', `${PART_SECONDS}=5`], 'applies to record=parquet only, and the backend is hdf5'],
    [
      ['record=parquet', 'record.storage.parquet.part_seconds=5', 'clock=sim'],
      'record.storage.parquet.part_seconds: applies to clock=wall only',
    ],
    [
      ['record=none', '+record.storage.parquet.compression=gzip'],
      'record.storage.parquet: applies to runs that are recorded, and the backend is none',
    ],
    [
      ['record=none', '+record.storage.sqlite.batch_size=1'],
      'record.storage.sqlite: applies to record=sqlite only, and the backend is none (override',
    ],
    [['clock=sim', `${FLUSH_SECONDS}=2`], `${FLUSH_SECONDS}: applies to clock=wall only`],
    [['workers=1', `${QUEUE_SIZE}=8`], `${QUEUE_SIZE}: applies to more than one worker`],
    [['record.performance.async_io.worker_threads=1', `${QUEUE_SIZE}=8`], `${QUEUE_SIZE}: applies to more`],
    [['record.performance.async_io.enabled=false', `${QUEUE_SIZE}=8`], `${QUEUE_SIZE}: applies to more`],
    [
      ['record.performance.async_io.enabled=false', 'record.performance.async_io.worker_threads=2'],
      'record.performance.async_io.enabled: expected true, since more than one worker is asked for, not false',
    ],
    [['record=parquet', `+${DEBUG}.enabled=true`], 'record.debug: applies to record=none only'],
    [
      ['record.backend=./docs/examples/ndjson-backend.js', `+${DEBUG}.count_calls=true`],
      'record.debug: applies',
    ],
    [['record=none', 'record.fallback=[jsonl]'], 'record.fallback: expected [], since record=none needs no'],
    [
      ['record=hdf5', `${HDF5}.compression=lzf`],
      `${HDF5}.compression: lzf is not in the HDF5 library this program uses; choose one of`,
    ],
    [
      ['record=hdf5', `${HDF5}.compression=gzip`, `${HDF5}.shuffle=true`],
      `${HDF5}: a dataset can have one filter, not compression=gzip and shuffle=true; choose one of`,
    ],
    [
      ['record=hdf5', `${HDF5}.compression_opts=6`],
      `${HDF5}.compression_opts: 6 is the level of gzip, and gzip is not chosen; set`,
    ],
  ])('%j', async (overrides, message) => {
    await expect(load(...overrides)).rejects.toThrow(message);
  });

  it.each<[string[]]>([
    [['record=parquet', 'record.storage.parquet.part_seconds=5']],
    [['workers=2', `${QUEUE_SIZE}=8`]],
    [[`${QUEUE_SIZE}=8`]],
    [[`${FLUSH_SECONDS}=2`]],
    [['record=hdf5', `${HDF5}.compression=gzip`, `${HDF5}.compression_opts=6`]],
    [['record=none', `${DEBUG}.enabled=true`]],
  ])('and nothing else: %j', async (overrides) => {
    await expect(load(...overrides)).resolves.toBeDefined();
  });

  it.each(['jsonl', 'parquet', 'hdf5', 'sqlite', 'none'])('nor the defaults of record=%s', async (name) => {
    for (const others of [['clock=sim'], ['workers=1'], ['record.performance.async_io.enabled=false']]) {
      await expect(load(`record=${name}`, ...others)).resolves.toBeDefined();
    }
  });
});

describe('the names of backends', () => {
  it.each<[string[], string]>([
    [
      ['record=sqlite', 'record.fallback=[sqlit]'],
      "record.fallback.0: unknown backend 'sqlit' (a module of your own is named by its path, ./sqlit.js, or as an installed package), did you mean 'sqlite'? (override",
    ],
    [['record=sqlite', 'record.fallback=[jsonl,hdf]'], "record.fallback.1: unknown backend 'hdf'"],
    [
      ['record=sqlite', 'record.fallback=[./mine.js]'],
      "record.fallback.0: no file './mine.js'; relative paths",
    ],
    [['record.backend=jsnl'], "record.backend: unknown backend 'jsnl'"],
  ])('%j is refused', async (overrides, message) => {
    await expect(load(...overrides)).rejects.toThrow(message);
  });

  it.each<[string]>([['jsonl'], ['./docs/examples/ndjson-backend.js'], ['zod']])(
    'a fallback may be %s',
    async (name) => {
      const { config } = await load('record=sqlite', `record.fallback=[${name}]`);
      expect(config.record.fallback).toEqual([name]);
    },
  );
});

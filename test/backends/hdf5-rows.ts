import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hdf5 } from '../../src/backends/hdf5/index.js';
import type { RunFacts } from '../../src/backends/backend.js';
import { storageOptions, type Hdf5Options } from '../../src/backends/storage.js';
import { createBatch, type Batch, type ListColumn, type TextColumn } from '../../src/core/batch.js';
import type { StreamName } from '../../src/core/layout.js';
import type { RunWriter } from '../../src/core/ports.js';
import type { Finding } from '../../src/core/report.js';
import { STREAMS, type RunStreams, type StreamSchema } from '../../src/core/streams.js';

export type Row = Record<string, number | string | number[] | null>;

export const FACTS: RunFacts = {
  run_id: 'run-20260101-000000',
  experiment: 'demo',
  schema_version: '1.0.0',
  config_hash: 'ab'.repeat(32),
  start_time: '2026-01-01T00:00:00Z',
  config: '{"seed":1}',
};

export const newDirectory = (): string => mkdtempSync(join(tmpdir(), 'hdf5-'));

/** A whole step of episode `episode` (from 1); `over` replaces columns. */
export const stepRow = (episode: number, step: number, over: Row = {}): Row => ({
  schema_version: '1.0.0',
  ts: 1.7e9 + episode + step / 8,
  run_id: FACTS.run_id,
  episode_id: `ep-${String(episode).padStart(6, '0')}`,
  step,
  action: step % 4,
  reward: step === 3 ? 1 : 0,
  terminated: step === 3 ? 1 : 0,
  truncated: 0,
  agent_x: step,
  agent_y: -step,
  distance_to_goal: Math.sqrt(step),
  observation_summary: [step / 10, 1 / (1 + step)],
  seed: Number.MAX_SAFE_INTEGER - episode,
  ...over,
});

export const episodeRow = (episode: number, over: Row = {}): Row => ({
  schema_version: '1.0.0',
  run_id: FACTS.run_id,
  episode_id: `ep-${String(episode).padStart(6, '0')}`,
  terminated: 1,
  truncated: 0,
  total_steps: 3,
  total_reward: 1 / 3,
  final_x: 3,
  final_y: -3,
  final_distance_to_goal: Math.sqrt(3),
  duration_ms: 1.25,
  avg_step_time_ms: 0.125,
  ...over,
});

/** Rows as one batch; all have the same null columns and width. */
export function batchOfRows(stream: StreamSchema, rows: readonly Row[]): Batch {
  const lists = stream.columns.find(({ type }) => type === 'floats');
  const width = lists === undefined ? 0 : ((rows[0]?.[lists.name] as number[] | null)?.length ?? 0);
  const batch = createBatch(stream, rows.length, width);
  batch.rows = rows.length;
  for (const { name, type } of stream.columns) {
    const column = batch.columns[name]!;
    if (rows[0]?.[name] === null) batch.columns[name] = null;
    else if (type === 'text') {
      const { codes, dictionary } = column as TextColumn;
      for (const [i, row] of rows.entries()) codes[i] = dictionary.push(row[name] as string) - 1;
    } else if (type === 'floats')
      (column as ListColumn).values.set(rows.flatMap((row) => row[name] as number[]));
    else (column as Float64Array).set(rows.map((row) => row[name] as number));
  }
  return batch;
}

export const openWriter = (
  directory: string,
  options: Partial<Hdf5Options> = {},
  streams: RunStreams = STREAMS,
): Promise<RunWriter> => {
  const defaults = storageOptions();
  const storage = { ...defaults, hdf5: { ...defaults.hdf5, ...options } };
  return hdf5.openWriter({ directory, streams, storage, run: FACTS });
};

/** Records rows, one batch a group of rows with the same shape, and finishes the run. */
export async function record(
  rows: Partial<Record<StreamName, readonly Row[]>>,
  {
    directory = newDirectory(),
    options = {},
    streams = STREAMS,
  }: {
    directory?: string;
    options?: Partial<Hdf5Options>;
    streams?: RunStreams;
  } = {},
): Promise<string> {
  const writer = await openWriter(directory, options, streams);
  for (const name of ['steps', 'episodes'] as const) {
    const all = rows[name] ?? [];
    const shape = (row: Row): string =>
      JSON.stringify(
        Object.values(row).map((value) => (Array.isArray(value) ? value.length : value === null)),
      );
    for (let from = 0, to = 0; from < all.length; from = to) {
      while (to < all.length && shape(all[to]!) === shape(all[from]!)) to++;
      await writer.write(batchOfRows(streams[name], all.slice(from, to)));
    }
  }
  await writer.close();
  return directory;
}

export interface Read {
  rows: Row[];
  findings: Finding[];
  batches: number;
}

export async function readBack(
  directory: string,
  name: StreamName = 'steps',
  streams: RunStreams = STREAMS,
): Promise<Read> {
  const read: Read = { rows: [], findings: [], batches: 0 };
  const reader = hdf5.openReader(directory, readdirSync(directory), streams);
  for await (const { batch } of reader.batches(name, (finding) => read.findings.push(finding))) {
    read.batches++;
    for (let i = 0; i < batch.rows; i++) {
      const row: Row = {};
      for (const column of streams[name].columns) row[column.name] = valueAt(batch, column.name, i);
      read.rows.push(row);
    }
  }
  return read;
}

function valueAt(batch: Batch, name: string, row: number): Row[string] {
  const column = batch.columns[name] ?? null;
  if (column === null) return null;
  if ('codes' in column) return column.dictionary[column.codes[row]!]!;
  if ('width' in column) return [...column.values.subarray(row * column.width, (row + 1) * column.width)];
  return column[row]!;
}

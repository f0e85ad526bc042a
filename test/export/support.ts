import { copyFileSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backends } from '../../src/backends/index.js';
import type { Batch, TextColumn } from '../../src/core/batch.js';
import { ContentDigest } from '../../src/core/digest.js';
import { formatEpisodeId } from '../../src/core/ids.js';
import type { StreamName } from '../../src/core/layout.js';
import { STREAMS, type RunStreams } from '../../src/core/streams.js';
import { exportRun, type ExportRequest, type ExportResult } from '../../src/export/index.js';
import { episodesFileName, type FormatName } from '../../src/export/format-names.js';
import { sliceRows } from '../../src/core/row-ranges.js';

export const newFolder = (): string => mkdtempSync(join(tmpdir(), 'export-'));

/** Names of a run's files in each format it can be recorded in. */
export const RUN_FILES = {
  jsonl: ['steps.jsonl.gz', 'episodes.jsonl.gz'],
  parquet: ['steps.parquet', 'episodes.parquet'],
  hdf5: ['run.h5'],
  sqlite: ['run.sqlite'],
} as const satisfies Partial<Record<FormatName, readonly string[]>>;
export type RecordedFormat = keyof typeof RUN_FILES;
export const RECORDED = Object.keys(RUN_FILES) as RecordedFormat[];

/** Exports with everything left out as on a command line without flags. */
export const exported = (
  request: Pick<ExportRequest, 'runDir' | 'out'> & Partial<ExportRequest>,
  ports: Partial<Parameters<typeof exportRun>[1]> = {},
): Promise<ExportResult> =>
  exportRun(
    {
      format: null,
      compression: null,
      level: null,
      episodes: null,
      columns: null,
      force: false,
      ...request,
    },
    { actionCount: () => null, ...ports },
  );

/** Puts an exported run under the names a run directory has, with the run.json of the run it came from. */
export function asRun(format: RecordedFormat, out: string, runDir: string): string {
  const directory = newFolder();
  copyFileSync(join(runDir, 'run.json'), join(directory, 'run.json'));
  const [first, second] = RUN_FILES[format] as readonly string[];
  copyFileSync(out, join(directory, first!));
  if (second !== undefined) copyFileSync(episodesFileName(out), join(directory, second));
  return directory;
}

async function read(
  format: string,
  directory: string,
  stream: StreamName,
  streams: RunStreams,
  take: (batch: Batch) => void,
): Promise<void> {
  const backend = await backends.get(format)();
  const reader = backend.openReader(directory, readdirSync(directory), streams);
  const batches = reader.batches(stream, ({ code, message }) => {
    throw new Error(`${code}: ${message}`);
  });
  for await (const { batch } of batches) take(batch);
}

/** Rows as flat records. */
export async function rowsOf(
  format: string,
  directory: string,
  stream: StreamName,
  streams: RunStreams = STREAMS,
): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = [];
  await read(format, directory, stream, streams, (batch) => {
    for (let row = 0; row < batch.rows; row++) rows.push(flatRow(batch, row));
  });
  return rows;
}

function flatRow({ stream, columns }: Batch, row: number): Record<string, unknown> {
  const cell = (name: string): unknown => {
    const column = columns[name] ?? null;
    if (column === null) return null;
    if ('codes' in column) return column.dictionary[column.codes[row]!];
    if ('width' in column) {
      const { width, values } = column;
      return [...values.subarray(row * width, (row + 1) * width)];
    }
    return column instanceof Uint8Array ? column[row] === 1 : column[row];
  };
  return Object.fromEntries(stream.columns.map(({ name }) => [name, cell(name)]));
}

/** The content digest of what a backend reads of a directory, for runs whose ids count up from 1. */
export async function digestOf(
  format: string,
  directory: string,
  streams: RunStreams = STREAMS,
): Promise<string> {
  const episodes = new Map<string, Batch>();
  await read(format, directory, 'episodes', streams, (batch) => {
    for (let row = 0; row < batch.rows; row++) {
      // the reader takes its batch back
      const one = structuredClone(sliceRows(batch, row, row + 1).columns);
      episodes.set(flatRow(batch, row)['episode_id'] as string, {
        stream: batch.stream,
        rows: 1,
        columns: one,
      });
    }
  });
  const digest = new ContentDigest(streams);
  let current = 0;
  const end = (): void => digest.endEpisode(episodes.get(formatEpisodeId(current)) ?? null, 0);
  await read(format, directory, 'steps', streams, (batch) => {
    const { codes, dictionary } = batch.columns['episode_id'] as TextColumn;
    for (let row = 0; row < batch.rows; row++) {
      const episode = Number(dictionary[codes[row]!]!.slice(3));
      if (episode !== current && current > 0) end();
      current = episode;
      digest.addSteps(batch, row, row + 1);
    }
  });
  if (current > 0) end();
  return digest.finish();
}

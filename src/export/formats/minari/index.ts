import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CaptureError } from '../../../core/errors.js';
import { RUN_FILE } from '../../../core/layout.js';
import { hashFile } from '../../../io/file-hash.js';
import { ioError } from '../../../io/io-error.js';
import { GZIP_LEVELS } from '../../compression.js';
import { byEpisode } from '../../walk.js';
import type { ExportFormat, ExportJob, MadeFile } from '../format.js';
import { EpisodeBuffer } from './episode-buffer.js';
import { DatasetFile } from './dataset-file.js';
import { datasetMetadata, UNKNOWN_OBSERVATION } from './metadata.js';

/** Of the steps; whatever else is chosen goes to the infos. */
export const NEEDED = ['action', 'reward', 'terminated', 'truncated', 'observation_summary'] as const;
const DATASET_ID = /^[-_\w]+-v\d+$/;
const GZIP_LEVEL = 4;

/** A local dataset of Minari 0.5 in its HDF5 layout: `data/main_data.hdf5` and `data/metadata.json`. */
export const minari: ExportFormat = {
  name: 'minari',
  target: 'folder',
  compressions: { gzip: GZIP_LEVELS, none: null },
  // as Minari writes
  usualCompression: () => 'none',
  needs: NEEDED,
  check,
  write,
};

function check({ source, name }: Omit<ExportJob, 'folder'>): void {
  if (!DATASET_ID.test(name)) {
    throw new CaptureError('usage', `--out: '${name}' is no name of a Minari dataset`, {
      hint: `the folder is named as the dataset, with a version: ${name.replaceAll(/[^-\w]/g, '_')}-v0`,
    });
  }
  const { full, step_interval: interval, omitted } = source.recording;
  const lacks = NEEDED.find((column) => (omitted as readonly string[]).includes(column));
  const why = !full
    ? 'its steps were not recorded'
    : interval > 1
      ? `only every ${interval} steps one was recorded`
      : lacks === undefined
        ? null
        : `${lacks} was not recorded`;
  if (why === null) return;
  throw new CaptureError('input', `${source.directory.path} cannot be a Minari dataset: ${why}`, {
    hint: `${RUN_FILE} says what a run records; csv, json, jsonl and parquet take it as it is`,
  });
}

async function write(job: ExportJob): Promise<MadeFile[]> {
  const { source, folder, compression } = job;
  const data = join(folder, 'data');
  const main = join('data', 'main_data.hdf5');
  const metadataPath = join('data', 'metadata.json');
  await mkdir(data).catch((error: unknown) => {
    throw ioError(`cannot make directory ${data}`, error);
  });
  const level = (compression.name ?? 'none') === 'none' ? null : (compression.level ?? GZIP_LEVEL);
  const infos = source.columns === null ? [] : infoColumns(job);
  const file = await DatasetFile.create(join(folder, main), level);
  try {
    let episode: EpisodeBuffer | null = null;
    for await (const event of byEpisode(source)) {
      if (event.kind === 'begin') episode = new EpisodeBuffer(event, infos);
      else if (event.kind === 'steps') episode!.add(event.batch);
      else if (episode!.rows > 0) file.add(episode!);
      else source.notes.add(`${episode!.id} has no steps and is left out`);
    }
    await file.finish();
  } finally {
    file.close();
  }
  source.notes.add(UNKNOWN_OBSERVATION);
  const { bytes, sha256 } = await hashFile(join(folder, main));
  const text = `${JSON.stringify(datasetMetadata(job, file.facts, bytes), null, 2)}\n`;
  await writeFile(join(folder, metadataPath), text).catch((error: unknown) => {
    throw ioError(`cannot write ${metadataPath}`, error);
  });
  return [
    { path: main, stream: null, rows: source.counts.steps, bytes, sha256 },
    { path: metadataPath, stream: null, rows: null, ...(await hashFile(join(folder, metadataPath))) },
  ];
}

/** Chosen columns of numbers that are no part of a dataset otherwise; texts are attributes of every episode. */
function infoColumns({ source }: ExportJob): string[] {
  return source.streams.steps.columns
    .filter(({ name, type }) => type !== 'text' && !(NEEDED as readonly string[]).includes(name))
    .map(({ name }) => name);
}

import { join } from 'node:path';
import { readMark } from '../catalog/marks.js';
import { nameOf, type FinishedRun, type RunName } from '../catalog/run-entry.js';
import { parseDatasetIndex, type DatasetIndex } from '../core/dataset-index.js';
import { CaptureError } from '../core/errors.js';
import { DATASET_INDEX_FILE } from '../core/layout.js';
import type { Manifest } from '../core/records.js';
import { hashFile } from '../io/file-hash.js';
import { readSmallFile } from '../io/read-small-file.js';
import { MAX_JSON_BYTES } from '../io/run-directory.js';
import { statsOf } from '../io/stats-of.js';
import { requireCopy } from './copies.js';

/** Where a run should lie in a dataset: as ingest has noted, or in the one that the policy names. */
async function placeOf(root: string, run: RunName, dataset: string | null): Promise<string | null> {
  if (dataset !== null) return join(dataset, run.experiment, run.runId);
  const details = await readMark(root, run, 'ingested');
  return details?.destination ?? null;
}

/** By the dataset's index, without reading the files: why a run does not count as ingested, or null when it does. */
export async function whyNotIndexed(
  root: string,
  run: FinishedRun,
  dataset: string | null,
): Promise<string | null> {
  if (dataset === null && !run.marks.ingested) return 'not ingested yet';
  let place: string | null;
  try {
    place = await placeOf(root, run, dataset);
  } catch (error) {
    if (error instanceof CaptureError) return `not known to be ingested: ${error.message}`;
    throw error;
  }
  if (place === null) return 'not ingested yet';
  const index = await readIndex(join(place, DATASET_INDEX_FILE));
  if (index === null) return `not ingested: ${place} has no valid ${DATASET_INDEX_FILE}`;
  return index.source_manifest_digest === run.manifestDigest
    ? null
    : `not ingested as it is: ${place} is of another manifest`;
}

/** Null where there is none that can be read. */
async function readIndex(path: string): Promise<DatasetIndex | null> {
  try {
    return parseDatasetIndex((await readSmallFile(path, MAX_JSON_BYTES)) ?? '');
  } catch (error) {
    if (error instanceof CaptureError) return null;
    throw error;
  }
}

/** The same of every file: its hash in the dataset is the one in the run's manifest. */
export async function whyNotIngested(
  root: string,
  run: RunName,
  { files }: Manifest,
  dataset: string | null,
): Promise<string | null> {
  const place = await placeOf(root, run, dataset);
  if (place === null) return 'not ingested yet';
  for (const { path, sha256 } of files) {
    try {
      const original = join(root, nameOf(run), path);
      // a prune may have emptied the samples of rejected episodes
      if ((await statsOf(original)) !== null) await requireCopy(original, join(place, path));
      if ((await hashFile(join(place, path))).sha256 !== sha256) {
        return `not ingested as it is: ${path} differs in ${place}`;
      }
    } catch (error) {
      if (error instanceof CaptureError) return `not ingested: ${error.message}`;
      throw error;
    }
  }
  return null;
}

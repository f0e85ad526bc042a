import { join } from 'node:path';
import { openRecords } from '../backends/open-records.js';
import { prettyJson } from '../core/canonical-json.js';
import { DATASET_INDEX_FILE, isInRejectedFolder, MANIFEST_FILE, REJECTED_FOLDER } from '../core/layout.js';
import type { Report } from '../core/report.js';
import { syncDirectory, writeFileAtomic } from '../io/atomic.js';
import { hashFile } from '../io/file-hash.js';
import { makeRejectedFolder } from '../io/rejected-folder.js';
import { copyRunFile } from './copy.js';
import { DATASET_INDEX_VERSION, printDatasetIndex, type DatasetIndex } from '../core/dataset-index.js';
import { completeManifest, firstManifest } from './make-manifest.js';
import { makeParquet } from './make-parquet.js';
import type { IngestPlan, RunFile, SourceFacts } from './plan.js';
import type { Source } from './source.js';
import { surveyRun } from './survey.js';

/**
 * Makes the run's folder of the dataset in an empty directory, as planned: copies, Parquet, manifest, and the index
 * last. Everything is on disk when it resolves.
 */
export async function buildFolder(
  source: Source,
  facts: SourceFacts,
  plan: IngestPlan,
  validation: Report,
  folder: string,
): Promise<DatasetIndex> {
  const { path, names, run } = source.directory;
  const toCopy = new Set(plan.files.filter((file) => file.action === 'copy').map((file) => file.path));
  const copied: RunFile[] = [];
  if ([...toCopy].some(isInRejectedFolder)) await makeRejectedFolder(folder);
  for (const file of facts.files) {
    if (toCopy.has(file.path)) copied.push(await copyRunFile(path, folder, file));
  }

  const records = await openRecords(source.directory, names, source.own, source);
  const made = await makeParquet(records, facts.withoutParquet, run, folder);

  const survey = source.manifest === null ? await surveyRun(records) : null;
  const manifest = plan.files.some((file) => file.action === 'make-manifest');
  if (manifest) {
    const json =
      source.manifestJson === null
        ? firstManifest(source, copied, made, survey!, validation)
        : completeManifest(source, made);
    await writeFileAtomic(join(folder, MANIFEST_FILE), prettyJson(json));
  }

  const files = [...copied, ...made.map(({ path: name, bytes, sha256 }) => ({ path: name, bytes, sha256 }))];
  if (manifest) {
    const { bytes, sha256 } = await hashFile(join(folder, MANIFEST_FILE));
    files.push({ path: MANIFEST_FILE, bytes, sha256 });
  }
  const index: DatasetIndex = {
    index_version: DATASET_INDEX_VERSION,
    dataset: `${facts.experiment}/${facts.runId}`,
    run_id: facts.runId,
    experiment: facts.experiment,
    schema_version: run.schema_version,
    config_hash: run.config_hash,
    content_digest: facts.contentDigest ?? survey!.contentDigest,
    counts: source.manifest?.counts ?? validation.counts,
    source_manifest_digest: facts.manifestDigest,
    made: [...made.map((file) => file.path), ...(manifest ? [MANIFEST_FILE] : [])].sort(),
    files: files.sort((a, b) => (a.path < b.path ? -1 : 1)),
  };
  await writeFileAtomic(join(folder, DATASET_INDEX_FILE), printDatasetIndex(index));
  if ([...toCopy].some(isInRejectedFolder)) await syncDirectory(join(folder, REJECTED_FOLDER));
  await syncDirectory(folder);
  return index;
}

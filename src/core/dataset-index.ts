import { z } from 'zod';
import { prettyJson } from './canonical-json.js';
import { integers } from './manifest.js';

export const DATASET_INDEX_VERSION = '1.0.0';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/**
 * DATASET_INDEX.json, one in each ingested run's folder, so that ingesting a run changes no byte of another. It
 * holds neither times nor paths outside the folder: the same run always gives the same bytes.
 */
export const datasetIndexSchema = z.object({
  index_version: z.string(),
  /** `<experiment>/<run_id>`: where the folder lies in the dataset. */
  dataset: z.string(),
  run_id: z.string(),
  experiment: z.string(),
  schema_version: z.string(),
  config_hash: sha256.nullable(),
  content_digest: sha256,
  counts: z.object({ episodes: z.int().min(0), steps: z.int().min(0) }),
  /** `manifest_digest` of the run as captured (the same function over a manifest of plume_nav_sim); null without. */
  source_manifest_digest: sha256.nullable(),
  /** Files that ingest made or completed; all others are as the run had them. */
  made: z.array(z.string()),
  /** Every other file of the folder, by name. */
  files: z.array(z.object({ path: z.string(), bytes: z.int().min(0), sha256 })),
});
export type DatasetIndex = z.infer<typeof datasetIndexSchema>;

export function printDatasetIndex(index: DatasetIndex): string {
  return prettyJson(integers(index));
}

/** The index a text holds, or null when it is damaged. */
export function parseDatasetIndex(text: string): DatasetIndex | null {
  try {
    return datasetIndexSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

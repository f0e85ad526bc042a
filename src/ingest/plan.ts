import { DATASET_INDEX_FILE, MANIFEST_FILE, parquetName, RUN_FILE, type StreamName } from '../core/layout.js';
import type { DatasetIndex } from '../core/dataset-index.js';
import { judgeDestination } from './judge.js';

export interface RunFile {
  path: string;
  bytes: number;
  sha256: string;
}

export interface Left {
  path: string;
  reason: string;
}

/** A validated run, as far as the plan needs it. */
export interface SourceFacts {
  path: string;
  experiment: string;
  runId: string;
  /** `foreign`: plume_nav_sim's, which states neither digests nor hashes. */
  manifest: 'ours' | 'foreign' | 'none';
  manifestDigest: string | null;
  /** As its manifest states; null without one of ours. */
  contentDigest: string | null;
  /** What belongs to the run, manifest.json included. */
  files: readonly RunFile[];
  leftOut: readonly Left[];
  /** Streams that Parquet is to be made of. */
  withoutParquet: readonly StreamName[];
}

/** The run's place in the dataset, as found. */
export interface DestinationFacts {
  path: string;
  kind: 'absent' | 'empty' | 'folder' | 'link' | 'other';
  /** Null when missing or damaged. */
  index: DatasetIndex | null;
  /** SHA-256 by name of everything but the index; null for what cannot be read. */
  files: ReadonlyMap<string, string | null>;
}

export interface PlannedFile {
  path: string;
  action: 'copy' | 'make-parquet' | 'make-manifest' | 'index' | 'leave-out';
  reason: string;
}

export interface IngestPlan {
  /**
   * `create` a folder, `repair` the files of one that differ, `nothing` when it is there already, or `refuse`.
   */
  action: 'create' | 'repair' | 'nothing' | 'refuse';
  reason: string;
  /** The way out of a refusal. */
  hint: string | null;
  source: string;
  destination: string;
  /** What the folder is made of; empty unless something is to be done. */
  files: readonly PlannedFile[];
  notes: readonly string[];
}

/** What to do with a run and its place in the dataset, and why. Pure. */
export function planIngest(source: SourceFacts, destination: DestinationFacts): IngestPlan {
  const { action, reason, hint = null, notes = [] } = judgeDestination(source, destination);
  const files = action === 'create' || action === 'repair' ? planFiles(source) : [];
  return { action, reason, hint, source: source.path, destination: destination.path, files, notes };
}

function planFiles({ files, leftOut, manifest, withoutParquet }: SourceFacts): PlannedFile[] {
  const remade = manifest === 'none' || withoutParquet.length > 0;
  const planned: PlannedFile[] = [];
  for (const { path } of files) {
    if (path !== MANIFEST_FILE) planned.push({ path, action: 'copy', reason: whyCopied(path, manifest) });
    else if (!remade) planned.push({ path, action: 'copy', reason: 'the provenance of the run' });
  }
  for (const stream of withoutParquet) {
    planned.push({
      path: parquetName(stream),
      action: 'make-parquet',
      reason: `the run has no ${stream} as Parquet`,
    });
  }
  if (remade) {
    const reason = manifest === 'none' ? 'the run has none' : 'its inventory gains the Parquet files';
    planned.push({ path: MANIFEST_FILE, action: 'make-manifest', reason });
  }
  planned.push({
    path: DATASET_INDEX_FILE,
    action: 'index',
    reason: 'every file of the folder with its SHA-256',
  });
  for (const { path, reason } of leftOut) planned.push({ path, action: 'leave-out', reason });
  return planned;
}

function whyCopied(path: string, manifest: SourceFacts['manifest']): string {
  if (path === RUN_FILE) return 'the metadata of the run';
  return manifest === 'ours' ? 'in the inventory of the run' : 'a file of the run';
}

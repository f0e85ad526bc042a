/** Every file name of a run directory, written and parsed here and nowhere else. */
export const RUN_FILE = 'run.json';
export const MANIFEST_FILE = 'manifest.json';
export const CONFIG_FILE = 'config.yaml';
export const OVERRIDES_FILE = 'overrides.yaml';
export const LOCK_FILE = 'run.lock';
/** In the folder of a sweep, which lies among the runs it made and is none. */
export const SWEEP_PLAN_FILE = 'multirun.yaml';
/** In the folder of an ingested run: what it holds and where it came from. */
export const DATASET_INDEX_FILE = 'DATASET_INDEX.json';

export const STREAM_NAMES = ['steps', 'episodes'] as const;
export type StreamName = (typeof STREAM_NAMES)[number];

/** Name of a JSONL part: part 0 is `steps.jsonl.gz`, part 1 (after the first rotation) `steps.part0001.jsonl.gz`. */
export function jsonlPartName(stream: StreamName, part: number): string {
  return part === 0 ? `${stream}.jsonl.gz` : `${stream}.part${String(part).padStart(4, '0')}.jsonl.gz`;
}

export function parquetName(stream: StreamName): string {
  return `${stream}.parquet`;
}

export interface StreamFile {
  stream: StreamName;
  format: 'jsonl' | 'parquet';
  /** 0 for the unrotated file, then 1, 2, … */
  part: number;
}

// The last alternative is how plume_nav_sim names rotated parts. More digits than any run needs are no part.
const JSONL = /^(steps|episodes)(?:\.part(\d{1,9})\.jsonl|\.jsonl(?:\.part(\d{1,9}))?)\.gz$/;
const PARQUET = /^(steps|episodes)\.parquet$/;

/** What a file name of a run directory stands for, or null when it is not a stream file. */
export function parseStreamFile(name: string): StreamFile | null {
  const jsonl = JSONL.exec(name);
  if (jsonl) {
    return { stream: jsonl[1] as StreamName, format: 'jsonl', part: Number(jsonl[2] ?? jsonl[3] ?? 0) };
  }
  const parquet = PARQUET.exec(name);
  return parquet ? { stream: parquet[1] as StreamName, format: 'parquet', part: 0 } : null;
}

/** The JSONL parts of one stream among a directory's names, ordered by number. */
export function jsonlParts(stream: StreamName, names: Iterable<string>): string[] {
  const parts: { name: string; part: number }[] = [];
  for (const name of names) {
    const file = parseStreamFile(name);
    if (file?.format === 'jsonl' && file.stream === stream) parts.push({ name, part: file.part });
  }
  return parts.sort((a, b) => a.part - b.part).map((p) => p.name);
}

export type FileRole = 'raw' | 'derived' | 'meta';

/** Media type and role of a file in a run's inventory. */
export function describeFile(name: string): { mediaType: string; role: FileRole } {
  const stream = parseStreamFile(name);
  if (stream?.format === 'jsonl') return { mediaType: 'application/x-ndjson+gzip', role: 'raw' };
  if (stream?.format === 'parquet') return { mediaType: 'application/vnd.apache.parquet', role: 'derived' };
  if (name.endsWith('.json')) return { mediaType: 'application/json', role: 'meta' };
  if (name.endsWith('.yaml')) return { mediaType: 'application/yaml', role: 'meta' };
  return { mediaType: 'application/octet-stream', role: 'meta' };
}

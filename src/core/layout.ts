/** Every file name of a run directory, written and parsed here and nowhere else. */
export const RUN_FILE = 'run.json';
export const MANIFEST_FILE = 'manifest.json';
export const CONFIG_FILE = 'config.yaml';
export const OVERRIDES_FILE = 'overrides.yaml';
export const LOCK_FILE = 'run.lock';
/** Of a process that takes over a lock another one has left, for a moment. */
export const lockClaimName = (lock: string, number: number): string => `${lock}.${number}`;
/** Whether a name is that of a lock, or of a claim to it. */
export const isLockName = (lock: string, name: string): boolean =>
  name.startsWith(lock) && /^(?:\.\d{1,9})?$/.test(name.slice(lock.length));
export const isLockFile = (name: string): boolean => isLockName(LOCK_FILE, name);
/** In the folder of the results: how the configuration of its experiments changed, and who is writing that. */
export const HISTORY_FILE = 'config_history.jsonl';
export const HISTORY_LOCK_FILE = 'config_history.lock';
/** In the folder of a sweep, which lies among the runs it made and is none. */
export const SWEEP_PLAN_FILE = 'multirun.yaml';
/** In the folder of an ingested run: what it holds and where it came from. */
export const DATASET_INDEX_FILE = 'DATASET_INDEX.json';

/** Which episodes failed the rules of `qc.*`, a line each. */
export const REJECTIONS_FILE = 'qc.jsonl';
/** The only folder in a run: steps of rejected episodes, which its records leave out. */
export const REJECTED_FOLDER = 'rejected_samples';
export const REJECTED_STEPS_FILE = `${REJECTED_FOLDER}/steps.jsonl.gz`;
export const isInRejectedFolder = (name: string): boolean => name.startsWith(`${REJECTED_FOLDER}/`);

export const STREAM_NAMES = ['steps', 'episodes'] as const;
export type StreamName = (typeof STREAM_NAMES)[number];

/** Name of a JSONL part: part 0 is `steps.jsonl.gz`, part 1 (after the first rotation) `steps.part0001.jsonl.gz`. */
export function jsonlPartName(stream: StreamName, part: number): string {
  return part === 0 ? `${stream}.jsonl.gz` : `${stream}.part${String(part).padStart(4, '0')}.jsonl.gz`;
}

/** Name of a Parquet part: part 0 is `steps.parquet`, part 1 `steps.part0001.parquet`. */
export function parquetPartName(stream: StreamName, part: number): string {
  return part === 0 ? `${stream}.parquet` : `${stream}.part${String(part).padStart(4, '0')}.parquet`;
}

/** The one file of a stream that has no parts. */
export const parquetName = (stream: StreamName): string => parquetPartName(stream, 0);

/** A whole run as one file. */
export const HDF5_FILE = 'run.h5';
export const SQLITE_FILE = 'run.sqlite';

/** Where a recovery makes new files, what the folder is called once they are all there, and what they replace. */
export const RECOVERING_FOLDER = '.recovering';
export const RECOVERED_FOLDER = '.recovered';
export const REPLACES_FILE = 'replaces.json';

/** What a Parquet file is called until it is whole, which no pattern for Parquet files matches. */
export const unfinishedParquetName = (name: string): string => `${name}.tmp`;

/** What an HDF5 file is called until it has been read back. */
export const unfinishedHdf5Name = (pid: number): string => `.${HDF5_FILE}.${pid}`;

export interface StreamFile {
  stream: StreamName;
  format: 'jsonl' | 'parquet';
  /** 0 for the first file, then 1, 2, … */
  part: number;
}

// The last alternative is how plume_nav_sim names rotated parts. More digits than any run needs are no part.
const JSONL = /^(steps|episodes)(?:\.part(\d{1,9})\.jsonl|\.jsonl(?:\.part(\d{1,9}))?)\.gz$/;
const PARQUET = /^(steps|episodes)(?:\.part(\d{1,9}))?\.parquet$/;

/** What a file name of a run directory stands for, or null when it is not a stream file. */
export function parseStreamFile(name: string): StreamFile | null {
  for (const [format, form] of [
    ['jsonl', JSONL],
    ['parquet', PARQUET],
  ] as const) {
    const found = form.exec(name);
    if (found !== null) {
      return { stream: found[1] as StreamName, format, part: Number(found[2] ?? found[3] ?? 0) };
    }
  }
  return null;
}

const WITHOUT_RECORDS: ReadonlySet<string> = new Set([
  RUN_FILE,
  MANIFEST_FILE,
  CONFIG_FILE,
  OVERRIDES_FILE,
  DATASET_INDEX_FILE,
  REJECTIONS_FILE,
  REJECTED_STEPS_FILE,
]);

/** Whether a run has a file of this name beside its records. */
export const isFileBesideRecords = (name: string): boolean => WITHOUT_RECORDS.has(name) || isLockFile(name);

/** Whether records lie in a file of this name. */
export const isRecordFile = (name: string): boolean =>
  name === HDF5_FILE || name === SQLITE_FILE || parseStreamFile(name) !== null;

// A Parquet file, an HDF5 file, and a file that is written whole or not at all.
const UNFINISHED =
  /^(?:(?:steps|episodes)(?:\.part\d{1,9})?\.parquet\.tmp|\.run\.h5\.\d+|\.[a-z]+\.(?:json|yaml|lock)\.[0-9a-f]{8}\.tmp)$/;

/**
 * What a name stands for that only a capture leaves which runs or was killed: a `journal` belongs to the SQLite file,
 * of a file that is `unfinished` nobody can read anything, and what is `recovered` is still to be put in place. Null
 * for other names.
 */
export function leftoverOf(name: string): 'journal' | 'unfinished' | 'recovered' | null {
  if (name === RECOVERED_FOLDER) return 'recovered';
  if (name === RECOVERING_FOLDER) return 'unfinished';
  if (/^run\.sqlite-(?:wal|shm|journal)$/.test(name)) return 'journal';
  return UNFINISHED.test(name) ? 'unfinished' : null;
}

/** The parts of one stream in one format among a directory's names, ordered by number. */
function streamParts(format: StreamFile['format'], stream: StreamName, names: Iterable<string>): string[] {
  const parts: { name: string; part: number }[] = [];
  for (const name of names) {
    const file = parseStreamFile(name);
    if (file?.format === format && file.stream === stream) parts.push({ name, part: file.part });
  }
  return parts.sort((a, b) => a.part - b.part).map((p) => p.name);
}

export const jsonlParts = (stream: StreamName, names: Iterable<string>): string[] =>
  streamParts('jsonl', stream, names);
export const parquetParts = (stream: StreamName, names: Iterable<string>): string[] =>
  streamParts('parquet', stream, names);

/** The file a stream is recorded in, its first part if there are several; null when there is none of ours. */
export function recordedIn(stream: StreamName, names: readonly string[]): string | null {
  if (jsonlParts(stream, names).length > 0) return jsonlPartName(stream, 0);
  return [HDF5_FILE, SQLITE_FILE, parquetName(stream)].find((name) => names.includes(name)) ?? null;
}

export type FileRole = 'raw' | 'derived' | 'meta';

/** Media type and role of a file in a run's inventory. */
export function describeFile(name: string): { mediaType: string; role: FileRole } {
  const stream = parseStreamFile(name);
  if (stream?.format === 'jsonl') return { mediaType: 'application/x-ndjson+gzip', role: 'raw' };
  if (stream?.format === 'parquet') return { mediaType: 'application/vnd.apache.parquet', role: 'raw' };
  if (name === HDF5_FILE) return { mediaType: 'application/x-hdf5', role: 'raw' };
  if (name === SQLITE_FILE) return { mediaType: 'application/vnd.sqlite3', role: 'raw' };
  if (name === REJECTIONS_FILE) return { mediaType: 'application/x-ndjson', role: 'meta' };
  if (name === REJECTED_STEPS_FILE) return { mediaType: 'application/x-ndjson+gzip', role: 'meta' };
  if (name.endsWith('.json')) return { mediaType: 'application/json', role: 'meta' };
  if (name.endsWith('.yaml')) return { mediaType: 'application/yaml', role: 'meta' };
  return { mediaType: 'application/octet-stream', role: 'meta' };
}

import { DATASET_INDEX_FILE, MANIFEST_FILE, parquetName, parseStreamFile, RUN_FILE } from '../core/layout.js';
import type { DatasetIndex } from '../core/dataset-index.js';
import type { DestinationFacts, SourceFacts } from './plan.js';

export interface Verdict {
  action: 'create' | 'repair' | 'nothing' | 'refuse';
  reason: string;
  hint?: string;
  notes?: string[];
}

const KEEP_BOTH = 'move that folder away, or ingest into another out_dir';

/**
 * What is at the run's place, and so what to do. The dataset is never overwritten with other data: only what is
 * missing is made, and only what is damaged is made again, from the very run it came from.
 */
export function judgeDestination(source: SourceFacts, destination: DestinationFacts): Verdict {
  const { path, kind, index, files } = destination;
  if (kind === 'absent') return { action: 'create', reason: 'not in the dataset yet' };
  if (kind === 'link') {
    return {
      action: 'create',
      reason: 'a symbolic link stands there; its place is taken, its target left alone',
    };
  }
  if (kind === 'other') {
    return { action: 'refuse', reason: `${path} is not a directory`, hint: 'move it away' };
  }
  if (kind === 'empty') return { action: 'create', reason: 'the folder there is empty' };
  if (index === null && files.size === 0) {
    return { action: 'repair', reason: 'all files there are links that lead nowhere' };
  }
  if (index === null) return judgeWithoutIndex(source, destination);
  return judgeIndexed(source, destination, index);
}

function judgeWithoutIndex(source: SourceFacts, { path, files }: DestinationFacts): Verdict {
  const runFile = source.files.find((file) => file.path === RUN_FILE);
  if (files.get(RUN_FILE) !== runFile?.sha256) {
    return {
      action: 'refuse',
      reason: `${path} exists and does not hold this run: no ${DATASET_INDEX_FILE}, another or no ${RUN_FILE}`,
      hint: KEEP_BOTH,
    };
  }
  const known = new Set([...source.files.map((file) => file.path), MANIFEST_FILE]);
  for (const stream of source.withoutParquet) known.add(parquetName(stream));
  return withStrangers(path, files, known, {
    action: 'repair',
    reason: `its ${DATASET_INDEX_FILE} is missing or damaged`,
  });
}

function judgeIndexed(source: SourceFacts, destination: DestinationFacts, index: DatasetIndex): Verdict {
  const { path, files } = destination;
  const same = isSameRun(source, index);
  if (!same && source.contentDigest !== index.content_digest) {
    return {
      action: 'refuse',
      reason: `${path} holds another run of the same name: content digest ${index.content_digest.slice(0, 12)}, this run has ${source.contentDigest?.slice(0, 12) ?? 'other files'}`,
      hint: KEEP_BOTH,
    };
  }
  return withStrangers(
    path,
    files,
    new Set(index.files.map((file) => file.path)),
    judgeFiles(destination, index, same),
  );
}

function judgeFiles({ path, files }: DestinationFacts, index: DatasetIndex, same: boolean): Verdict {
  const damaged = index.files.filter((file) => files.get(file.path) !== file.sha256);
  const [first] = damaged;
  if (first === undefined) {
    const notes = same ? [] : ['it stays as it was ingested: this run has the same records in other files'];
    return { action: 'nothing', reason: 'already ingested', notes };
  }
  const what = `${first.path} ${files.has(first.path) ? 'is damaged' : 'is missing'}`;
  if (same) return { action: 'repair', reason: damaged.length > 1 ? `${what}, and others` : what };
  return {
    action: 'refuse',
    reason: `in ${path} ${what}, and this run is not the very one it came from`,
    hint: 'restore the folder (dvc checkout), or ingest the run it came from',
  };
}

/** Whether a folder with this index was made of this run: every file of the run is in it unchanged. */
function isSameRun({ files, manifestDigest }: SourceFacts, index: DatasetIndex): boolean {
  const indexed = new Map(index.files.map((file) => [file.path, file.sha256]));
  const made = new Set(index.made);
  const kept = files.every(({ path, sha256 }) =>
    path === MANIFEST_FILE && made.has(path)
      ? manifestDigest !== null && manifestDigest === index.source_manifest_digest
      : indexed.get(path) === sha256,
  );
  const known = new Set(files.map((file) => file.path));
  return kept && index.files.every(({ path }) => known.has(path) || made.has(path));
}

/** What lies in the folder and is not of the run stays and is named, unless readers would take it for data. */
function withStrangers(
  path: string,
  files: DestinationFacts['files'],
  known: ReadonlySet<string>,
  verdict: Verdict,
): Verdict {
  const strangers = [...files.keys()].filter((name) => !known.has(name));
  const data = strangers.find((name) => parseStreamFile(name) !== null);
  if (data !== undefined && verdict.action !== 'refuse') {
    return { action: 'refuse', reason: `${path}/${data} is not of this run`, hint: 'move that file away' };
  }
  const notes = strangers.map((name) => `${path}/${name} is not of the run and was left as it is`);
  return { ...verdict, notes: [...(verdict.notes ?? []), ...notes] };
}

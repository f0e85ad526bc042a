import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Backend, SkippedBytes } from '../backends/backend.js';
import { openRecords } from '../backends/open-records.js';
import { CaptureError } from '../core/errors.js';
import {
  isFileBesideRecords,
  isInRejectedFolder,
  isRecordFile,
  leftoverOf,
  MANIFEST_FILE,
  parseStreamFile,
  unfinishedParquetName,
} from '../core/layout.js';
import { episodesLeftOut } from '../io/read-rejections.js';
import type { RunDirectory } from '../io/run-directory.js';
import type { Recovery } from '../core/recovery.js';
import { surveyRun, type Beginning, type Place, type Survey } from './survey.js';

/** What recovering a run would keep and drop. */
export interface RecoverPlan {
  /** `unfinished` runs were killed or are without a manifest for another reason, `damaged` ones have one. */
  state: 'unfinished' | 'damaged';
  /** That the run should have. */
  episodes: number;
  /** Of the format the records lie in. */
  backend: Backend;
  survey: Survey;
  /** Bytes of record files from which no record can be read, where they lie; the first ones. */
  skipped: SkippedBytes[];
  skippedBytes: number;
  /** Whether the steps of an episode were left out of the records, since it was rejected. */
  leftOut: (id: string) => boolean;
  /** Names of the files that may be opened, and of those that go. */
  readable: string[];
  replaced: string[];
}

/** Places that are told one by one. */
const TOLD = 100;

/** A Parquet file that has been begun holds its mark and nothing else. */
const PARQUET_MARK = 4;

/** Looks through a run and says what is there; changes nothing. @param own a backend named on the command line */
export async function planRecovery(directory: RunDirectory, own: Backend | undefined): Promise<RecoverPlan> {
  const names = await readableNames(directory);
  const skipped: SkippedBytes[] = [];
  let skippedBytes = 0;
  const skip = (each: SkippedBytes): void => {
    skippedBytes += each.bytes;
    if (skipped.length < TOLD) skipped.push(each);
  };
  const { backend, reader } = await openRecords(directory, names, own, { salvage: skip });
  const foreign = names.filter(
    (name) => !isFileBesideRecords(name) && !isInRejectedFolder(name) && leftoverOf(name) === null,
  );
  if (!backend.has(names) && foreign.length > 0) {
    throw new CaptureError(
      'input',
      `${directory.path} has no records in a format of ours, but ${foreign[0]}`,
      {
        hint: 'name the backend of your own that recorded it: --backend ./my-backend.js',
      },
    );
  }
  const leftOut = await episodesLeftOut(directory, directory.run.episode_seeds.length);
  const survey = await surveyRun(directory.run, { reader }, leftOut);
  for (const lost of await unfinishedParts(directory)) skip(lost);
  return {
    state: directory.names.includes(MANIFEST_FILE) ? 'damaged' : 'unfinished',
    episodes: directory.run.episode_seeds.length,
    backend,
    survey,
    skipped,
    skippedBytes,
    leftOut,
    readable: names,
    replaced: directory.names.filter(
      (name) =>
        name === MANIFEST_FILE || isRecordFile(name) || leftoverOf(name) !== null || foreign.includes(name),
    ),
  };
}

/** Whether records, or bytes that may have been some, are lost: none can be of a run that has all its episodes. */
export function isLossy({ survey, skippedBytes, episodes }: RecoverPlan): boolean {
  if (survey.gapCount > 0 || droppedRecords(survey) > 0) return true;
  return survey.whole.episodes < episodes && (skippedBytes > 0 || survey.damageCount > 0);
}

/** For the manifest. @param at ISO 8601 UTC */
export function recoveryOf(
  { survey, skippedBytes }: RecoverPlan,
  kind: Recovery['kind'],
  at: string,
  kept: Beginning = survey.kept,
): Recovery {
  const { read, rebuilt, gaps, gapCount } = survey;
  const place = ({ episode, step }: Place) => ({ episode_id: episode, step });
  return {
    kind,
    at,
    kept: { episodes: kept.episodes, steps: kept.steps },
    rebuilt: Math.min(rebuilt, kept.episodes),
    dropped: {
      bytes: skippedBytes,
      episodes: Math.max(0, read.episodes + rebuilt - kept.episodes),
      steps: read.steps - kept.steps,
    },
    gaps: gaps.map(({ after, before }) => ({ after: after && place(after), before: place(before) })),
    gap_count: gapCount,
  };
}

/** Records of episodes that can be read and are not kept, since steps of theirs are missing. */
export const droppedRecords = ({ read, kept, rebuilt }: Survey): number =>
  read.episodes + rebuilt - kept.episodes;

/** Without links that lead nowhere and folders that are called as files of a run. */
async function readableNames({ path, names }: RunDirectory): Promise<string[]> {
  const readable: string[] = [];
  for (const name of names) {
    const isFile = await stat(join(path, name)).then(
      (stats) => stats.isFile(),
      () => false,
    );
    if (isFile || !isRecordFile(name)) readable.push(name);
  }
  return readable;
}

/** Parquet files that were never closed, in a run that is recorded so: nobody can read what is in them. */
async function unfinishedParts({ path, names }: RunDirectory): Promise<SkippedBytes[]> {
  const isRecorded = !names.some((name) => isRecordFile(name) && parseStreamFile(name)?.format !== 'parquet');
  const found: SkippedBytes[] = [];
  for (const file of isRecorded ? names : []) {
    if (!file.endsWith(unfinishedParquetName('.parquet'))) continue;
    const { size } = await stat(join(path, file));
    if (size > PARQUET_MARK) found.push({ file, offset: 0, bytes: size });
  }
  return found;
}

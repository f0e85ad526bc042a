import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { CaptureError } from '../core/errors.js';
import { isSafeComponent } from '../core/ids.js';
import { makeDirectories, syncDirectory, writeFileAtomic } from '../io/atomic.js';
import { ioError } from '../io/io-error.js';
import { namesIn } from '../io/names-in.js';
import { readSmallFile } from '../io/read-small-file.js';
import { statsOf } from '../io/stats-of.js';
import { nameOf, type RunName } from './run-entry.js';

/**
 * What people and commands say of a run after it was captured. It lies beside the runs, in
 * `<experiment>/.marks/<run_id>@<mark>`, a file a mark: a finished run never changes, one look at the folder tells
 * the marks of all runs, and two commands that mark a run at the same time cannot undo each other's work.
 */
export interface Marks {
  pinned: boolean;
  tags: readonly string[];
  verdict: Verdict | null;
  ingested: boolean;
}

export type Verdict = 'accepted' | 'rejected';
export type MarkName = 'pinned' | Verdict | 'ingested' | `tag=${string}`;

export const NO_MARKS: Marks = { pinned: false, tags: [], verdict: null, ingested: false };

/** What stands in a mark: when it was made, and what belongs to it. */
export const markSchema = z.object({
  /** ISO 8601 UTC. */
  at: z.string(),
  /** Why a run was rejected. */
  reason: z.string().optional(),
  /** Where a run was ingested to, and the `manifest_digest` it had. */
  destination: z.string().optional(),
  manifest_digest: z.string().nullable().optional(),
});
export type MarkDetails = z.infer<typeof markSchema>;
/** No mark comes near it. */
const MOST_BYTES = 1_000_000;

export const MARKS_FOLDER = '.marks';
/** Stands in no run id and no tag. */
const SIGN = '@';
const MARK = /^([^@]+)@(pinned|accepted|rejected|ingested|tag=([^@=/]+))$/;

/** What a mark is called until it is whole. */
const UNFINISHED = /^\..+@.+\.[0-9a-f]{8}\.tmp$/;

const folderOf = (root: string, experiment: string): string => join(root, experiment, MARKS_FOLDER);
/** @param folder of the experiment */
export const markPath = (folder: string, { runId }: RunName, mark: MarkName): string =>
  join(folder, MARKS_FOLDER, `${runId}${SIGN}${mark}`);
const pathOf = (root: string, run: RunName, mark: MarkName): string =>
  markPath(join(root, run.experiment), run, mark);

/** The marks of an experiment's runs, by run id; runs without any are not in it. */
export async function readMarks(root: string, experiment: string): Promise<Map<string, Marks>> {
  const marks = new Map<string, Marks>();
  for (const name of (await namesIn(folderOf(root, experiment))).sort()) {
    const [, runId, mark, tag] = MARK.exec(name) ?? [];
    if (runId === undefined) continue;
    marks.set(runId, withMark(marks.get(runId) ?? NO_MARKS, mark as MarkName, tag));
  }
  return marks;
}

function withMark(marks: Marks, mark: MarkName, tag: string | undefined): Marks {
  if (tag !== undefined) return { ...marks, tags: [...marks.tags, tag] };
  if (mark === 'pinned') return { ...marks, pinned: true };
  if (mark === 'ingested') return { ...marks, ingested: true };
  return { ...marks, verdict: mark as Verdict };
}

/** Names of all marks of one run. */
export async function marksOf(root: string, run: RunName): Promise<MarkName[]> {
  const names = await namesIn(folderOf(root, run.experiment));
  return names
    .map((name) => MARK.exec(name))
    .filter((found) => found?.[1] === run.runId)
    .map((found) => found![2] as MarkName)
    .sort();
}

/** Whether it may stand after the sign in the name of a mark. */
export const isMarkName = (text: string): text is MarkName => MARK.test(`run${SIGN}${text}`);

/**
 * What stands in a mark; null when the run does not have it.
 * @throws CaptureError `input` for what is no mark, `io`
 */
export async function readMark(root: string, run: RunName, mark: MarkName): Promise<MarkDetails | null> {
  const path = pathOf(root, run, mark);
  const text = await readSmallFile(path, MOST_BYTES);
  if (text === null) return null;
  try {
    return markSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new CaptureError('input', `${path} is not a mark of ours`, {
      hint: 'remove it, and mark the run again',
      cause: error,
    });
  }
}

/** Marks a run, on disk when it resolves; a mark that is there is replaced. */
export async function setMark(
  root: string,
  run: RunName,
  mark: MarkName,
  details: MarkDetails,
): Promise<void> {
  const path = pathOf(root, run, mark);
  await requireOwnFolder(dirname(path));
  try {
    await makeDirectories(dirname(path));
  } catch (error) {
    throw ioError(`cannot mark ${nameOf(run)}`, error);
  }
  await writeFileAtomic(path, `${JSON.stringify(details)}\n`);
}

/** Takes a mark off; false when the run did not have it. */
export async function clearMark(root: string, run: RunName, mark: MarkName): Promise<boolean> {
  const path = pathOf(root, run, mark);
  await requireOwnFolder(dirname(path));
  try {
    await rm(path);
    await syncDirectory(dirname(path));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw ioError(`cannot unmark ${nameOf(run)}`, error);
  }
}

/** A mark whose run is nowhere is nobody's after so long: a run that is brought back gets its marks first. */
const ORPHAN_MS = 3_600_000;

/** Marks in a folder that is a link are those of other runs. */
async function requireOwnFolder(folder: string): Promise<void> {
  const stats = await statsOf(folder);
  if (stats === null || stats.isDirectory()) return;
  throw new CaptureError('input', `${folder} is not a folder, so there is no place for marks`, {
    hint: 'move it away',
  });
}

/** Takes all marks off runs of an experiment that have gone, and off those that nobody knows any more. */
export async function clearMarks(root: string, experiment: string, gone: ReadonlySet<string>): Promise<void> {
  const folder = folderOf(root, experiment);
  if ((await statsOf(folder))?.isDirectory() !== true) return;
  const names = (await namesIn(folder)).filter((name) => MARK.test(name) || UNFINISHED.test(name));
  let cleared = 0;
  for (const name of names) {
    const runId = name.slice(0, name.indexOf(SIGN));
    const path = join(folder, name);
    const stats = await statsOf(path);
    if (stats?.isFile() !== true) continue;
    if (!gone.has(runId) && stats.mtimeMs >= Date.now() - ORPHAN_MS) continue;
    // somebody may have brought it back meanwhile
    if (!UNFINISHED.test(name) && (await statsOf(join(root, experiment, runId))) !== null) continue;
    await rm(path, { force: true }).catch((error: unknown) => {
      throw ioError(`cannot remove ${path}`, error);
    });
    cleared++;
  }
  if (cleared > 0) await syncDirectory(folder);
}

/** Refuses tags that could not be a part of a file name. */
export function requireTag(tag: string): string {
  if (isSafeComponent(tag) && tag.length <= 64) return tag;
  throw new CaptureError('usage', `'${tag}' is not a valid tag`, {
    hint: 'use 1 to 64 of A-Z a-z 0-9 . _ -, not starting with a dot or dash',
  });
}

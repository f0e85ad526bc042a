import { randomBytes } from 'node:crypto';
import { rename, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import {
  isMarkName,
  markSchema,
  marksOf,
  readMark,
  setMark,
  type MarkDetails,
  type MarkName,
} from '../catalog/marks.js';
import { nameOf, type RunName } from '../catalog/run-entry.js';
import { CaptureError } from '../core/errors.js';
import { isSafeComponent } from '../core/ids.js';
import { makeDirectories, syncDirectory, writeFileAtomic } from '../io/atomic.js';
import { ioError } from '../io/io-error.js';
import { namesIn } from '../io/names-in.js';
import { livenessOf, thisProcess } from '../io/process-identity.js';
import { runHolder, unlockRun } from '../io/run-lock.js';
import { readSmallFile } from '../io/read-small-file.js';
import { statsOf } from '../io/stats-of.js';
import { findWorkFolders, makeWorkFolder } from '../io/work-folder.js';

/**
 * What is removed lies in `.trash/<experiment>@<run_id>@<8 hex digits>/`: the tombstone, and the run under `run`. An
 * entry appears with its tombstone, then gets the run by one rename; its deletion begins with a rename out of the
 * trash, so that what lies there is whole.
 */
export const TRASH_FOLDER = '.trash';
/** Where an entry lies, relative to the results. */
export const trashPath = (id: string): string => `${TRASH_FOLDER}/${id}`;
const TOMBSTONE_FILE = 'tombstone.json';
const RUN_FOLDER = 'run';
/** Purpose of the folder that a tombstone is made in. */
const MAKING = 'burying';

const name = z.string().refine(isSafeComponent);
const tombstoneSchema = z.object({
  experiment: name,
  run_id: name,
  deleted_at: z.iso.datetime(),
  /** Until then `undelete` brings it back. */
  keep_until: z.iso.datetime(),
  reasons: z.array(z.string()),
  bytes: z.int().min(0),
  /** Marks of the run, by name. */
  marks: z.record(z.string().refine(isMarkName), markSchema),
  by: z.object({
    pid: z.int(),
    host: z.string(),
    machine: z.string().nullable(),
    boot: z.string().nullable(),
    namespace: z.string().nullable(),
    started: z.int().nullable(),
  }),
});
type Tombstone = z.infer<typeof tombstoneSchema>;

/** A run in the trash. */
export interface TrashEntry extends RunName {
  /** Name of its folder. */
  id: string;
  deletedMs: number;
  keepUntilMs: number;
  bytes: number;
  reasons: readonly string[];
}

export interface Trash {
  entries: TrashEntry[];
  /** Folders of prunes that were killed before the run was in them. */
  empty: string[];
  /** What nobody of ours has put there. */
  strange: { path: string; reason: string }[];
}

const ENTRY = /^([^@]+)@([^@]+)@[0-9a-f]{8}$/;
/** No tombstone comes near it. */
const MOST_BYTES = 10_000_000;
/** A later year is no longer written with four digits. */
const LATEST_MS = Date.UTC(9999, 11, 31);

/**
 * What lies in the trash of a results folder.
 * @throws CaptureError `input` when its place is taken, `io`
 */
export async function readTrash(root: string): Promise<Trash> {
  await requireOwnTrash(root);
  const trash: Trash = { entries: [], empty: [], strange: [] };
  for (const { name: folder, owner } of await findWorkFolders(join(root, TRASH_FOLDER), MAKING)) {
    if (owner === 'gone') trash.empty.push(folder);
  }
  for (const id of (await namesIn(join(root, TRASH_FOLDER))).sort()) {
    if (!ENTRY.test(id)) {
      if (!id.startsWith('.')) trash.strange.push({ path: trashPath(id), reason: 'not of the trash' });
      continue;
    }
    const folder = join(root, TRASH_FOLDER, id);
    const isFolder = (await statsOf(folder))?.isDirectory() === true;
    const tombstone = isFolder ? await readTombstone(folder) : null;
    const run = isFolder ? await statsOf(join(folder, RUN_FOLDER)) : null;
    if (
      tombstone === null ||
      !id.startsWith(prefixOf({ experiment: tombstone.experiment, runId: tombstone.run_id }))
    ) {
      trash.strange.push({ path: trashPath(id), reason: `it has no valid ${TOMBSTONE_FILE}` });
    } else if (run?.isDirectory() === true) {
      trash.entries.push({
        id,
        experiment: tombstone.experiment,
        runId: tombstone.run_id,
        deletedMs: Date.parse(tombstone.deleted_at),
        keepUntilMs: Date.parse(tombstone.keep_until),
        bytes: tombstone.bytes,
        reasons: tombstone.reasons,
      });
    } else if (livenessOf(tombstone.by) === 'gone') trash.empty.push(id);
  }
  return trash;
}

/** Nothing is put or deleted through a link, and no rename leads to another file system. */
async function requireOwnTrash(root: string): Promise<void> {
  const path = join(root, TRASH_FOLDER);
  const [top, stats] = await Promise.all([statsOf(root), statsOf(path)]);
  if (stats === null || (stats.isDirectory() && stats.dev === top?.dev)) return;
  const what = stats.isDirectory() ? 'is on another file system' : 'is not a folder';
  throw new CaptureError('input', `${path} ${what}, so nothing can be put into the trash`, {
    hint: 'move it away',
  });
}

/** Null for none, or one that does not read as such. */
async function readTombstone(folder: string): Promise<Tombstone | null> {
  try {
    const text = await readSmallFile(join(folder, TOMBSTONE_FILE), MOST_BYTES);
    return text === null ? null : (tombstoneSchema.safeParse(JSON.parse(text)).data ?? null);
  } catch (error) {
    if (error instanceof SyntaxError || (error as CaptureError).kind === 'input') return null;
    throw error;
  }
}

/** What stands on a tombstone. */
export interface Burial {
  reasons: readonly string[];
  bytes: number;
  deletedMs: number;
  keepUntilMs: number;
}

/** The folder of a trash entry, and the path in it that the run is to be renamed to. */
export interface Grave {
  folder: string;
  path: string;
}

/** What the name of an entry begins with; no name of a file may be longer than 255 bytes. */
const prefixOf = (run: RunName): string => `${run.experiment}@${run.runId}`.slice(0, 240) + '@';

/** Makes a run's place in the trash, its tombstone in it and on disk. */
export async function dig(root: string, run: RunName, burial: Burial): Promise<Grave> {
  const id = `${prefixOf(run)}${randomBytes(4).toString('hex')}`;
  const trash = join(root, TRASH_FOLDER);
  const tombstone: Tombstone = {
    experiment: run.experiment,
    run_id: run.runId,
    deleted_at: new Date(burial.deletedMs).toISOString(),
    keep_until: new Date(Math.min(burial.keepUntilMs, LATEST_MS)).toISOString(),
    reasons: [...burial.reasons],
    bytes: burial.bytes,
    marks: await detailsOf(root, run),
    by: thisProcess(),
  };
  const making = await makeIn(trash);
  try {
    await writeFileAtomic(join(making, TOMBSTONE_FILE), `${JSON.stringify(tombstone)}\n`);
    await rename(making, join(trash, id));
  } catch (error) {
    // a disk that is full keeps it; the next prune clears it away
    await rm(making, { recursive: true, force: true }).catch(() => {});
    throw error;
  }
  return { folder: join(trash, id), path: join(trash, id, RUN_FOLDER) };
}

/** A folder in the trash; another prune removes that when it is empty, which may be now. */
async function makeIn(trash: string): Promise<string> {
  await makeDirectories(trash);
  try {
    return await makeWorkFolder(trash, MAKING);
  } catch {
    await makeDirectories(trash);
    return makeWorkFolder(trash, MAKING);
  }
}

/** The marks of a run with what stands in them. */
async function detailsOf(root: string, run: RunName): Promise<Record<string, MarkDetails>> {
  const details: Record<string, MarkDetails> = {};
  for (const each of await marksOf(root, run)) {
    const found = await readMark(root, run, each);
    if (found !== null) details[each] = found;
  }
  return details;
}

/**
 * Puts the run of a trash entry back where it was, with its marks.
 * @throws CaptureError `input` when something lies there now, `io`
 */
export async function undelete(root: string, entry: TrashEntry): Promise<string> {
  const folder = join(root, TRASH_FOLDER, entry.id);
  const path = join(root, entry.experiment, entry.runId);
  const tombstone = await readTombstone(folder);
  const experiment = await statsOf(join(root, entry.experiment));
  if (experiment !== null && !experiment.isDirectory()) {
    throw new CaptureError('input', `${join(root, entry.experiment)} is not a folder`, {
      hint: `move it out of the way, or take the run from ${join(folder, RUN_FOLDER)}`,
    });
  }
  if ((await statsOf(path)) !== null || tombstone === null) {
    throw new CaptureError('input', `${path} is there already, and the one in the trash is another`, {
      hint: `move it out of the way, or take the removed one from ${join(folder, RUN_FOLDER)}`,
    });
  }
  try {
    for (const [each, details] of Object.entries(tombstone.marks)) {
      await setMark(root, entry, each as MarkName, details);
    }
    await makeDirectories(join(root, entry.experiment));
    const buried = join(folder, RUN_FOLDER);
    const holder = await runHolder(buried);
    // of the prune that took it away; another one is still somebody's
    if (holder === null || holder.doing === 'removing') await unlockRun(buried);
    await rename(buried, path);
    await syncDirectory(join(root, entry.experiment));
    await rm(folder, { recursive: true, force: true });
    // an empty trash is no use to anybody; one that is not stays
    await rmdir(join(root, TRASH_FOLDER)).catch(() => {});
  } catch (error) {
    throw ioError(`cannot bring back ${nameOf(entry)}`, error);
  }
  return path;
}

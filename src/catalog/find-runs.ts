import { lstatSync, readdirSync, type Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { CaptureError } from '../core/errors.js';
import { isSafeComponent } from '../core/ids.js';
import { isLockFile, leftoverOf, RUN_FILE, SWEEP_PLAN_FILE } from '../core/layout.js';
import { ioError } from '../io/io-error.js';
import { isRunDirectory } from '../io/run-directory.js';
import { glanceAt } from './glance.js';
import { readMarks } from './marks.js';
import type { FoundRun } from './run-entry.js';

export interface Skipped {
  /** Relative to the results folder. */
  path: string;
  reason: string;
  /** There may be runs in it that nobody has seen. */
  isUnread?: true;
}

export interface Results {
  /** The real path of the results folder. */
  root: string;
  runs: FoundRun[];
  skipped: Skipped[];
}

const IN_NO_EXPERIMENT = 'a run that lies in no experiment folder';

/** Looking is synchronous, which is faster; after so many runs whoever else wants to do something may. */
const RUNS_AT_ONCE = 256;

/**
 * The runs of a results folder: directories `<experiment>/<run_id>` that hold a run.json. Nothing is looked at
 * through a symbolic link below the folder or on another file system; hidden entries are not ours, and an experiment
 * that cannot be read is noted.
 *
 * @param only the one experiment to look at; null for all
 * @throws CaptureError `input` when the path is no results folder, `io` when it cannot be read
 */
export async function findRuns(results: string, only: string | null = null): Promise<Results> {
  const root = await requireResults(results);
  const runs: FoundRun[] = [];
  const skipped: Skipped[] = [];
  for (const experiment of await directories(root, '', skipped)) {
    if (only !== null && experiment !== only) continue;
    if (await isRunDirectory(join(root, experiment))) {
      skipped.push({ path: experiment, reason: IN_NO_EXPERIMENT });
      continue;
    }
    try {
      if (lstatSync(join(root, experiment)).dev !== lstatSync(root).dev) {
        skipped.push({ path: experiment, reason: 'on another file system' });
        continue;
      }
      await addRuns(root, experiment, runs, skipped);
    } catch (error) {
      const { message } = ioError(`cannot look at ${join(root, experiment)}`, error);
      skipped.push({ path: experiment, reason: message, isUnread: true });
    }
  }
  if (runs.length === 0 && skipped.some(({ reason }) => reason === IN_NO_EXPERIMENT)) {
    throw new CaptureError('input', `${results} is the folder of an experiment, not a results folder`, {
      hint: `give the one above: ${join(results, '..')}`,
    });
  }
  return { root, runs, skipped };
}

async function addRuns(
  root: string,
  experiment: string,
  runs: FoundRun[],
  skipped: Skipped[],
): Promise<void> {
  const marks = await readMarks(root, experiment);
  let looked = 0;
  for (const runId of await directories(root, experiment, skipped)) {
    const run = await glanceAt(root, { experiment, runId }, marks.get(runId));
    if (run !== null) runs.push(run);
    else if (isStranger(join(root, experiment, runId))) {
      skipped.push({
        path: `${experiment}/${runId}`,
        reason: `not a run directory: it has no ${RUN_FILE}`,
      });
    }
    if (++looked % RUNS_AT_ONCE === 0) await setImmediate();
  }
}

/**
 * Whether a folder in the place of a run is none. A sweep's own is where it should be; one that is empty, or
 * has a lock, a run.json or what they are called until they are whole, is of a capture that begins at this moment.
 */
function isStranger(directory: string): boolean {
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENOENT';
  }
  const isKnown = (name: string): boolean =>
    [SWEEP_PLAN_FILE, RUN_FILE].includes(name) || isLockFile(name) || leftoverOf(name) === 'unfinished';
  return names.length > 0 && !names.some(isKnown);
}

/**
 * The real path of a results folder.
 * @throws CaptureError `input` when it is none, `io` when it cannot be read
 */
export async function requireResults(results: string): Promise<string> {
  const hint = 'give the folder that holds the experiments: <results>/<experiment>/<run_id>';
  let root: string;
  try {
    root = await realpath(results);
    if (!(await stat(root)).isDirectory()) throw new CaptureError('input', `${results} is a file`, { hint });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw ioError(`cannot read ${results}`, error);
    throw new CaptureError('input', `${results} does not exist`, { hint });
  }
  if (await isRunDirectory(root))
    throw new CaptureError('input', `${results} is a run, not a results folder`, { hint });
  return root;
}

/** Names of the real directories in a folder, sorted; links and impossible names are noted. */
async function directories(root: string, folder: string, skipped: Skipped[]): Promise<string[]> {
  const names: string[] = [];
  for (const entry of await entries(join(root, folder))) {
    if (entry.name.startsWith('.') || entry.isFile()) continue;
    const reason = whySkipped(entry);
    if (reason === null) names.push(entry.name);
    else skipped.push({ path: folder === '' ? entry.name : `${folder}/${entry.name}`, reason });
  }
  return names.sort();
}

function whySkipped(entry: Dirent): string | null {
  if (entry.isSymbolicLink()) return 'a symbolic link';
  if (!entry.isDirectory()) return 'not a directory';
  return isSafeComponent(entry.name) ? null : 'not a name of ours';
}

async function entries(path: string): Promise<Dirent[]> {
  try {
    return await readdir(path, { withFileTypes: true });
  } catch (error) {
    throw ioError(`cannot read ${path}`, error);
  }
}

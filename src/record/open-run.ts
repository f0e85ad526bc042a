import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { prettyJson, type JsonMap } from '../core/canonical-json.js';
import { CaptureError } from '../core/errors.js';
import { formatRunId, requireSafeComponent, runIdEpochMs } from '../core/ids.js';
import { CONFIG_FILE, isLockFile, leftoverOf, OVERRIDES_FILE, RUN_FILE } from '../core/layout.js';
import { claimDirectory, exists, writeFileAtomic } from '../io/atomic.js';
import { listDirectory } from '../io/run-directory.js';
import { lockRun, runHolder, unlockRun } from '../io/run-lock.js';
import type { Provenance, RunSettings } from './settings.js';

export interface ClaimedRun {
  runId: string;
  directory: string;
  /** Start of the run, milliseconds since the epoch. */
  startMs: number;
}

/**
 * Makes the run's directory, which nobody else can have: an exclusive mkdir, trying `-2`, `-3`, … for runs that
 * start in the same second.
 */
export async function claimRun(settings: RunSettings, nowMs: number): Promise<ClaimedRun> {
  const { output, experiment, runId: wanted, clock } = settings;
  const parent = join(output, requireSafeComponent('experiment', experiment));
  if (wanted !== null) {
    requireSafeComponent('run_id', wanted);
    const startMs = startOf(wanted, clock, nowMs);
    const directory = join(parent, wanted);
    if (!(await claimDirectory(directory)) && !(await isUnbegun(directory))) {
      throw new CaptureError('config', `run_id ${wanted} is taken: ${directory} exists`, {
        hint: 'choose another run_id, or leave it null to have one made',
      });
    }
    return { runId: wanted, directory, startMs };
  }
  for (let attempt = 1; ; attempt++) {
    const runId = formatRunId(nowMs, attempt);
    const directory = join(parent, runId);
    if (await claimDirectory(directory)) return { runId, directory, startMs: startOf(runId, clock, nowMs) };
  }
}

/** Whether a capture claimed the directory and was killed before there was a run in it. */
async function isUnbegun(directory: string): Promise<boolean> {
  const names = await listDirectory(directory).catch(() => []);
  if (!names.some(isLockFile)) return false;
  const isEarly = (name: string): boolean =>
    isLockFile(name) || name === CONFIG_FILE || name === OVERRIDES_FILE || leftoverOf(name) === 'unfinished';
  return names.every(isEarly) && (await runHolder(directory)) === null;
}

/** Under `clock: sim` a run starts when its id says. */
function startOf(runId: string, clock: RunSettings['clock'], nowMs: number): number {
  if (clock === 'wall') return nowMs;
  const startMs = runIdEpochMs(runId);
  if (startMs === null) {
    throw new CaptureError('config', `clock: sim takes the start time from run_id, and '${runId}' has none`, {
      hint: 'use the form run-YYYYMMDD-HHMMSS',
    });
  }
  return startMs;
}

/**
 * Makes the claimed directory this process's alone, which one that was killed before it began may not be yet.
 * @throws CaptureError `busy` when another process was faster, whose it then is
 */
export async function holdRun({ directory }: ClaimedRun): Promise<void> {
  try {
    await lockRun(directory, 'capturing');
  } catch (error) {
    if (!(error instanceof CaptureError && error.kind === 'busy')) {
      await rm(directory, { recursive: true, force: true }).catch(() => {});
    }
    throw error;
  }
  // another one may have been through with it since we looked
  if (await exists(join(directory, RUN_FILE))) {
    await unlockRun(directory);
    throw new CaptureError('busy', `${directory} was begun by another process at the same time`, {
      hint: 'choose another run_id',
    });
  }
}

/** Everything that stands in the directory before the first step. */
export async function writeRunFiles(
  { directory }: ClaimedRun,
  runJson: JsonMap,
  { configYaml, overridesYaml }: Provenance,
): Promise<void> {
  await writeFileAtomic(join(directory, CONFIG_FILE), configYaml);
  await writeFileAtomic(join(directory, OVERRIDES_FILE), overridesYaml);
  await writeFileAtomic(join(directory, RUN_FILE), prettyJson(runJson));
}

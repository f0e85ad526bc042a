import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CaptureError } from '../core/errors.js';
import { MANIFEST_FILE } from '../core/layout.js';
import { manifestSchema, type Manifest } from '../core/records.js';
import { ioError } from '../io/io-error.js';
import { isRunDirectory } from '../io/run-directory.js';
import { heldBy, runHolder, whenHeld } from '../io/run-lock.js';
import { historyOf, isDone, type JobHistory, type JobResult, type LedgerEntry } from './ledger.js';
import type { PlannedJob } from './plan.js';

/** The outcome of a finished run, from its records. */
export type ReadOutcome = (runDir: string) => Promise<JobResult['outcome']>;

/** What is known of the jobs of a sweep. */
export interface SettledJobs {
  /** How each job ended the last time. Jobs that have not ended, or whose run is lost, are left out. */
  readonly results: ReadonlyMap<number, JobResult>;
  /** Jobs that had a whole run, which has been removed, damaged or replaced since. */
  readonly lost: readonly LostRun[];
}

export interface LostRun {
  readonly job: number;
  readonly runDir: string;
  /** `is gone`, `is no longer whole`, … */
  readonly what: string;
}

/** Files that are read at the same time. */
const READERS = 32;

/**
 * How each job ended the last time, by the ledger and, where the sweep was killed before it could write there, by the
 * run itself. Done is only a job whose run is still there, whole and of the planned configuration.
 * @throws CaptureError `busy` when a process that outlived its sweep has still to finish a run
 */
export async function settledJobs(
  jobs: readonly PlannedJob[],
  entries: readonly LedgerEntry[],
  readOutcome: ReadOutcome,
): Promise<SettledJobs> {
  const history = historyOf(entries);
  const results = new Map<number, JobResult>();
  const lost: LostRun[] = [];
  const queue = jobs.values();
  const read = async (): Promise<void> => {
    for (const job of queue) {
      const known = history.get(job.job);
      if (known === undefined) continue;
      const state = await settle(job, known, readOutcome);
      if (state !== null && 'what' in state) lost.push(state);
      else if (state !== null) results.set(job.job, state);
    }
  };
  await Promise.all(Array.from({ length: READERS }, read));
  return { results, lost: lost.sort((a, b) => a.job - b.job) };
}

async function settle(
  job: PlannedJob,
  { result, lastRunDir: runDir }: JobHistory,
  readOutcome: ReadOutcome,
): Promise<JobResult | LostRun | null> {
  if (runDir === null || (result !== null && !isDone(result))) return result;
  if (result === null) {
    await requireEnded(job, runDir);
    return finishedRun(job, runDir, readOutcome);
  }
  const run = await wholeRun(job, runDir);
  return typeof run === 'string' ? { job: job.job, runDir, what: run } : result;
}

async function requireEnded({ job }: PlannedJob, runDir: string): Promise<void> {
  const holder = await runHolder(runDir);
  if (holder === null) return;
  throw new CaptureError('busy', `${runDir}, of job ${job}, is held: ${heldBy(holder)}`, {
    hint: whenHeld(runDir, holder),
  });
}

/** What the manifest of a job's run says, when it is a complete run of the job's very configuration. */
export async function finishedRun(
  job: PlannedJob,
  runDir: string,
  readOutcome: ReadOutcome,
): Promise<JobResult | null> {
  const manifest = await wholeRun(job, runDir);
  if (typeof manifest === 'string') return null;
  const { counts, content_digest, validation } = manifest;
  try {
    return {
      job: job.job,
      status: validation.ok ? 'complete' : 'findings',
      run_dir: runDir,
      counts,
      outcome: await readOutcome(runDir),
      // only the process that captured it knew
      elapsed_ms: null,
      content_digest,
      error: validation.ok ? null : (validation.findings[0]?.message ?? null),
    };
  } catch (error) {
    // its records were damaged since: as good as not there
    if (error instanceof CaptureError && error.kind === 'input') return null;
    throw error;
  }
}

/** The manifest of the job's run; text when there is no whole run of the job's configuration, saying what is amiss. */
async function wholeRun({ config_hash: configHash }: PlannedJob, runDir: string): Promise<Manifest | string> {
  if (!(await isRunDirectory(runDir))) return 'is gone';
  const manifest = await readComplete(join(runDir, MANIFEST_FILE));
  if (manifest === null) return 'is no longer whole';
  return manifest.config_hash === configHash ? manifest : 'has another configuration';
}

async function readComplete(path: string): Promise<Manifest | null> {
  try {
    const manifest = manifestSchema.safeParse(JSON.parse(await readFile(path, 'utf8'))).data;
    return manifest?.status === 'complete' ? manifest : null;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (error instanceof SyntaxError || code === 'ENOENT') return null;
    throw ioError(`cannot read ${path}`, error);
  }
}

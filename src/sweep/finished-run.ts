import { join } from 'node:path';
import { plainJson } from '../core/canonical-json.js';
import { CaptureError } from '../core/errors.js';
import { LOCK_FILE } from '../core/layout.js';
import { manifestSchema } from '../core/records.js';
import { openRun, readManifest } from '../io/run-directory.js';
import { runHolder } from '../io/run-lock.js';
import { historyOf, type JobResult, type LedgerEntry } from './ledger.js';
import type { PlannedJob } from './plan.js';

/** The outcome of a finished run, from its records. */
export type ReadOutcome = (runDir: string) => Promise<JobResult['outcome']>;

/**
 * How each job ended the last time, by the ledger and, where the sweep was killed before it could write there, by the
 * run itself. Jobs that have not ended are left out.
 * @throws CaptureError `busy` when a process that outlived its sweep has still to finish a run
 */
export async function settledJobs(
  jobs: readonly PlannedJob[],
  entries: readonly LedgerEntry[],
  readOutcome: ReadOutcome,
): Promise<Map<number, JobResult>> {
  const history = historyOf(entries);
  const settled = new Map<number, JobResult>();
  for (const job of jobs) {
    const { result, lastRunDir } = history.get(job.job) ?? { result: null, lastRunDir: null };
    if (result !== null) settled.set(job.job, result);
    if (result !== null || lastRunDir === null) continue;
    await requireEnded(job, lastRunDir);
    const finished = await finishedRun(job, lastRunDir, readOutcome);
    if (finished !== null) settled.set(job.job, finished);
  }
  return settled;
}

async function requireEnded({ job }: PlannedJob, runDir: string): Promise<void> {
  const holder = await runHolder(runDir);
  if (holder === null) return;
  const { pid, host } = holder;
  throw new CaptureError('busy', `${runDir}, of job ${job}, is being written by process ${pid} on ${host}`, {
    hint: `wait until it has ended; when it was killed, remove ${join(runDir, LOCK_FILE)}`,
  });
}

/** What the manifest of a job's run says, when it is a complete run of the job's very configuration. */
export async function finishedRun(
  { job, config_hash: configHash }: PlannedJob,
  runDir: string,
  readOutcome: ReadOutcome,
): Promise<JobResult | null> {
  try {
    const manifest = manifestSchema.safeParse(plainJson(await readManifest(await openRun(runDir)))).data;
    if (manifest?.status !== 'complete' || manifest.config_hash !== configHash) return null;
    const { counts, content_digest, validation } = manifest;
    return {
      job,
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
    // gone, not even begun, or damaged since: as good as not there
    if (error instanceof CaptureError && error.kind === 'input') return null;
    throw error;
  }
}

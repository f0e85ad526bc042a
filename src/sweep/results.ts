import { basename } from 'node:path';
import type { JobResult } from './ledger.js';
import type { PlannedJob } from './plan.js';

/** `pending`: the sweep was interrupted before it. */
export type JobStatus = JobResult['status'] | 'pending';

/** A job of the plan and what came of it, as `--json` prints it. */
export interface JobReport extends Omit<JobResult, 'status'> {
  status: JobStatus;
  swept: Readonly<Record<string, string>>;
  overrides: readonly string[];
  run_id: string | null;
  config_hash: string;
}

export function reportJob(job: PlannedJob, result: JobResult | undefined): JobReport {
  const { status, run_dir: runDir, counts, outcome, content_digest, elapsed_ms, error } = result ?? NOTHING;
  return {
    job: job.job,
    swept: job.swept,
    overrides: job.overrides,
    status,
    run_id: runDir === null ? null : basename(runDir),
    run_dir: runDir,
    counts,
    outcome,
    config_hash: job.config_hash,
    content_digest,
    elapsed_ms,
    error,
  };
}

const NOTHING = {
  status: 'pending',
  run_dir: null,
  counts: null,
  outcome: null,
  content_digest: null,
  elapsed_ms: null,
  error: null,
} as const;

/** How many jobs ended how. */
export type SweepSummary = Record<JobStatus | 'jobs', number>;

export function summarize(reports: readonly JobReport[]): SweepSummary {
  const summary = { jobs: reports.length, complete: 0, findings: 0, failed: 0, aborted: 0, pending: 0 };
  for (const { status } of reports) summary[status]++;
  return summary;
}

import { join } from 'node:path';
import { formatRunId } from '../core/ids.js';
import { SWEEP_PLAN_FILE } from '../core/layout.js';

/** Every name of a sweep's folder. None is that of a file of a run, so no command takes the folder for one. */
export const PLAN_FILE = SWEEP_PLAN_FILE;
export const LEDGER_FILE = 'jobs.jsonl';

/** `<output>/multirun/<sweep_id>`, the output that of the first job. */
export function sweepDirectory(output: string, sweepId: string): string {
  return join(output, 'multirun', sweepId);
}

/** `sweep-YYYYMMDD-HHMMSS` in UTC; attempt 2, 3, … adds `-2`, `-3`, … */
export function formatSweepId(epochMs: number, attempt = 1): string {
  return formatRunId(epochMs, attempt).replace(/^run/, 'sweep');
}

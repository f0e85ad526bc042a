import { settledJobs, type SettledJobs } from '../sweep/finished-run.js';
import { isDone } from '../sweep/ledger.js';
import { readLedger } from '../sweep/ledger-file.js';
import type { PlannedJob } from '../sweep/plan.js';
import { openSweep } from '../sweep/plan-file.js';
import { requireFree } from '../sweep/session.js';
import { checkJobs, openConfigs, type CheckedJob } from './multirun-check.js';
import { showPlan, showResults } from './multirun-output.js';
import { outcomeOf } from './multirun-run.js';
import { holdSweep, runLeft } from './multirun-session.js';
import { printable, type Output } from './ui.js';

export interface ResumeOptions {
  concurrency: number;
  dryRun: boolean;
  json: boolean;
  argv: readonly string[];
  output: Output;
}

/**
 * Runs the jobs of a sweep that have no whole run yet, once it is sure that each still has the configuration it was
 * planned with.
 * @returns the exit code
 */
export async function resumeSweep(
  given: string,
  { concurrency, dryRun, json, argv, output }: ResumeOptions,
): Promise<number> {
  const { directory, plan } = await openSweep(given);
  const leftBy = ({ results }: SettledJobs): PlannedJob[] =>
    plan.jobs.filter(({ job }) => !isDone(results.get(job)));
  const check = ({ lost }: SettledJobs, left: readonly PlannedJob[]): Promise<CheckedJob[]> => {
    for (const { job, runDir, what } of lost) {
      output.stderr(`job ${job}: its run ${printable(runDir)} ${what}; it will run again\n`);
    }
    const { config_path: configPath, config_dir: configDir, config_name: configName, reason } = plan;
    const request = { configPath, configDir, configName, overrides: plan.overrides };
    return checkJobs(left, { request, source: openConfigs(request, output), argv, reason });
  };

  const entries = await readLedger(directory);
  requireFree(directory, entries);
  const seen = await settledJobs(plan.jobs, entries, outcomeOf);
  const left = leftBy(seen);
  if (left.length === 0) {
    output.stderr(`${printable(directory)} is finished, nothing is left to run\n`);
    return showResults(directory, plan, seen.results, json, output);
  }
  if (dryRun) {
    await check(seen, left);
    return showPlan(left, json, output);
  }
  return holdSweep(directory, async (session) => {
    // nobody else changes it from here on
    const settled = await settledJobs(plan.jobs, session.entries, outcomeOf);
    const jobs = await check(settled, leftBy(settled));
    const { results } = settled;
    return runLeft({ directory, plan, jobs, results, session, concurrency, json, output });
  });
}

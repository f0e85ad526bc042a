import { basename, dirname } from 'node:path';
import type { JobResult } from '../sweep/ledger.js';
import type { PlannedJob, SweepPlan } from '../sweep/plan.js';
import { reportJob, summarize, type JobReport, type SweepSummary } from '../sweep/results.js';
import { EXIT } from './exit-codes.js';
import { cut, table } from './table.js';
import { formatCount, plural, printable, type Output } from './ui.js';

/** Longer values of swept keys are cut: their beginning tells them apart more often than not. */
const MAX_CELL = 32;

function resultsText(reports: readonly JobReport[], summary: SweepSummary): string {
  const keys = Object.keys(reports[0]?.swept ?? {});
  const folder = commonFolder(reports);
  const rows = reports.map((report) => {
    const { outcome, counts, run_dir: runDir } = report;
    const episodes = counts?.episodes ?? 0;
    return [
      String(report.job),
      ...keys.map((key) => sweptCell(report.swept[key])),
      report.status,
      counts === null ? '-' : formatCount(episodes),
      outcome === null || episodes === 0 ? '-' : (outcome.terminated / episodes).toFixed(2),
      figure(outcome?.mean_return, 2),
      figure(outcome?.mean_steps, 1),
      runDir === null ? '-' : printable(folder === null ? runDir : basename(runDir)),
    ];
  });
  const header = ['job', ...keys, 'status', 'episodes', 'success', 'return', 'steps', runHeader(folder)];
  const numeric = new Set(['job', 'episodes', 'success', 'return', 'steps']);
  return `${table(header, rows, { toTheRight: (name) => numeric.has(name), width: terminalWidth() })}${summaryLine(summary)}\n`;
}

/** Where all runs lie, when that is one folder: said once, it leaves the table its width. */
function commonFolder(reports: readonly JobReport[]): string | null {
  const folders = new Set(
    reports.flatMap(({ run_dir: runDir }) => (runDir === null ? [] : [dirname(runDir)])),
  );
  const [folder] = folders;
  return folders.size === 1 ? folder! : null;
}

const runHeader = (folder: string | null): string =>
  folder === null ? 'run' : `run in ${printable(folder)}`;

function planText(jobs: readonly PlannedJob[]): string {
  const keys = Object.keys(jobs[0]?.swept ?? {});
  const rows = jobs.map(({ job, swept, config_hash: hash }) => [
    String(job),
    ...keys.map((key) => sweptCell(swept[key])),
    hash.slice(0, 12),
  ]);
  return table(['job', ...keys, 'config_hash'], rows, {
    toTheRight: (name) => name === 'job',
    width: terminalWidth(),
  });
}

const sweptCell = (text = ''): string => cut(printable(text), MAX_CELL);

const figure = (value: number | null | undefined, digits: number): string =>
  value === null || value === undefined ? '-' : value.toFixed(digits);

/** Lines are cut for a terminal, never for a file or a program. */
const terminalWidth = (): number | null => (process.stdout.isTTY ? process.stdout.columns : null);

/** `12 jobs: 11 complete, 1 failed` */
function summaryLine({ jobs, ...counts }: SweepSummary): string {
  const parts = Object.entries(counts).filter(([, count]) => count > 0);
  const list = parts.map(([status, count]) => `${formatCount(count)} ${status}`).join(', ');
  return `${formatCount(jobs)} job${jobs === 1 ? '' : 's'}: ${list}`;
}

/**
 * Prints what came of every job.
 * @returns the exit code: whether all have a whole run without findings
 */
export function showResults(
  directory: string,
  plan: SweepPlan,
  results: ReadonlyMap<number, JobResult>,
  json: boolean,
  output: Output,
): number {
  const jobs = plan.jobs.map((job) => reportJob(job, results.get(job.job)));
  const summary = summarize(jobs);
  output.stdout(
    json ? `${JSON.stringify({ sweep_dir: directory, jobs, summary })}\n` : resultsText(jobs, summary),
  );
  return summary.complete === summary.jobs ? EXIT.done : EXIT.partial;
}

/** Prints what a sweep would run. */
export function showPlan(jobs: readonly PlannedJob[], json: boolean, output: Output): number {
  output.stdout(json ? `${JSON.stringify({ dry_run: true, jobs })}\n` : planText(jobs));
  if (!json) output.stderr(`${plural(jobs.length, 'job')} would run; every one was checked\n`);
  return EXIT.done;
}

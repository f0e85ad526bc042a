import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChalkInstance } from 'chalk';
import { CaptureError } from '../../core/errors.js';
import type { Finding, Report } from '../../core/report.js';
import { isRunDirectory, listDirectory } from '../../io/run-directory.js';
import { validateRun } from '../../validate/index.js';
import { ProgressDisplay } from '../progress.js';
import { colours, plural, type Output } from '../ui.js';

export interface ValidateOptions {
  json?: boolean;
  /** Check every run below this folder instead. */
  all?: string;
}

const VALID = 0;
const FINDINGS = 1;

/**
 * `validate <run_dir>...` and `validate --all <root>`.
 * @returns exit code: 1 when a run has findings of severity error
 */
export async function run(
  paths: readonly string[],
  options: ValidateOptions,
  output: Output,
): Promise<number> {
  const runs = await chooseRuns(paths, options.all);
  const colour = await colours();
  const reports: { path: string; report: Report }[] = [];
  let code = VALID;
  for (const path of runs) {
    const progress = new ProgressDisplay(process.stderr);
    const report = await validateRun(path, (...checked) => progress.update(...checked));
    progress.end();
    if (!report.ok) code = FINDINGS;
    if (options.json === true) reports.push({ path, report });
    else output.stdout(reportText(path, report, colour));
  }
  if (options.json === true) {
    const runsJson = reports.map(({ path, report }) => ({ path, ...report }));
    output.stdout(`${JSON.stringify({ ok: code === VALID, runs: runsJson }, null, 2)}\n`);
  } else if (runs.length === 0) output.stderr(`no runs below ${options.all}\n`);
  return code;
}

async function chooseRuns(paths: readonly string[], root: string | undefined): Promise<readonly string[]> {
  if ((root === undefined) === (paths.length === 0)) {
    const message = root === undefined ? 'no run directory given' : 'both run directories and --all given';
    throw new CaptureError('usage', message, { hint: 'give run directories, or --all <root>' });
  }
  return root === undefined ? paths : findRuns(root);
}

/** Run directories at <root>/<experiment>/<run_id>, sorted; hidden folders and symbolic links are passed over. */
async function findRuns(root: string): Promise<string[]> {
  await listDirectory(root);
  const runs: string[] = [];
  for (const experiment of await folders(root)) {
    for (const path of await folders(experiment)) if (await isRunDirectory(path)) runs.push(path);
  }
  return runs;
}

async function folders(path: string): Promise<string[]> {
  const entries: Dirent[] = await readdir(path, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => join(path, name))
    .sort();
}

/** One line a run, its findings below it as `code  file:line  explanation`. */
function reportText(path: string, report: Report, colour: ChalkInstance): string {
  const mark = report.ok ? colour.green('✓') : colour.red('✗');
  const { counts, errors, notes, findings } = report;
  const parts = [plural(counts.episodes, 'episode'), plural(counts.steps, 'step')];
  if (errors > 0) parts.push(plural(errors, 'error'));
  if (notes > 0) parts.push(plural(notes, 'note'));
  return [
    `${mark} ${path}: ${parts.join(', ')}`,
    ...findings.map((each) => findingText(each, colour)),
    '',
  ].join('\n');
}

function findingText({ code, severity, file, line, message }: Finding, colour: ChalkInstance): string {
  const label = severity === 'error' ? colour.red('error') : colour.dim('note ');
  const place = file === null ? '' : `${line === null ? file : `${file}:${line}`}  `;
  return `  ${label}  ${code}  ${place}${message}`;
}

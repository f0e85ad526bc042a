import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChalkInstance } from 'chalk';
import type { Backend } from '../../backends/backend.js';
import { CaptureError } from '../../core/errors.js';
import { isRecordFile, MANIFEST_FILE, RUN_FILE } from '../../core/layout.js';
import type { Finding, Report } from '../../core/report.js';
import { isRunDirectory, listDirectory } from '../../io/run-directory.js';
import { validateRun } from '../../validate/index.js';
import { EXIT, EXIT_OF_KIND } from '../exit-codes.js';
import { deepCheck } from '../deep-check.js';
import { ownBackend } from '../own-backend.js';
import { ProgressDisplay } from '../progress.js';
import { readThreads } from '../read-threads.js';
import { colours, jsonText, plural, printable, type Output } from '../ui.js';

export interface ValidateOptions {
  json?: boolean;
  /** Check every run below this folder instead. */
  all?: string;
  /** A backend of one's own that recorded the runs, and with `deep` a policy of one's own that made them. */
  backend?: string;
  policy?: string;
  /** Simulate the runs again, too. */
  deep?: boolean;
}

/** What came of one path: a report, or why there is none. */
type Outcome = { path: string; report: Report } | { path: string; error: CaptureError };

/**
 * `validate <run_dir>...` and `validate --all <root>`. A path that cannot be checked does not keep the others from it.
 * @returns exit code, the worst of all paths: 1 when a run has findings of severity error
 */
export async function run(
  paths: readonly string[],
  options: ValidateOptions,
  output: Output,
): Promise<number> {
  const runs = await chooseRuns(paths, options.all);
  if (options.policy !== undefined && options.deep !== true) {
    throw new CaptureError('usage', '--policy is for runs that are simulated again', { hint: 'add --deep' });
  }
  const colour = await colours();
  const json: object[] = [];
  let code: number = EXIT.done;
  const own = await ownBackend(options.backend);
  for (const path of runs) {
    const outcome = await check(path, own, options);
    code = Math.max(code, exitCode(outcome));
    if (options.json === true) json.push(outcomeJson(outcome));
    else if (!('error' in outcome)) output.stdout(reportText(path, outcome.report, colour));
    else if (paths.length === 1) throw outcome.error;
    else output.stdout(`${colour.red('✗')} ${printable(`${path}: ${outcome.error.message}`)}\n`);
  }
  if (options.json === true) {
    output.stdout(jsonText({ ok: code === EXIT.done, runs: json }));
  }
  return code;
}

async function check(path: string, own: Backend | undefined, options: ValidateOptions): Promise<Outcome> {
  const progress = new ProgressDisplay(process.stderr);
  try {
    const onProgress = progress.update.bind(progress);
    const deep = options.deep === true ? deepCheck(options, onProgress) : undefined;
    return { path, report: await validateRun(path, { onProgress, own, threads: readThreads(), deep }) };
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    return { path, error };
  } finally {
    progress.end();
  }
}

function exitCode(outcome: Outcome): number {
  if ('error' in outcome) return EXIT_OF_KIND[outcome.error.kind];
  return outcome.report.ok ? EXIT.done : EXIT.findings;
}

function outcomeJson(outcome: Outcome): object {
  const { path } = outcome;
  return 'error' in outcome ? { path, ok: false, error: outcome.error.message } : { path, ...outcome.report };
}

async function chooseRuns(paths: readonly string[], root: string | undefined): Promise<readonly string[]> {
  if ((root === undefined) === (paths.length === 0)) {
    const message = root === undefined ? 'no run directory given' : 'both run directories and --all given';
    throw new CaptureError('usage', message, { hint: 'give run directories, or --all <root>' });
  }
  if (root === undefined) return paths;
  const runs = await findRuns(root);
  if (runs.length === 0) throw await noRuns(root);
  return runs;
}

/**
 * What is, or was, a run at <root>/<experiment>/<run_id>, sorted, and experiments that cannot be looked into; hidden
 * folders and symbolic links are passed over.
 */
async function findRuns(root: string): Promise<string[]> {
  await listDirectory(root);
  const runs: string[] = [];
  for (const experiment of await folders(root)) {
    const inside = await folders(experiment).catch(() => null);
    if (inside === null) runs.push(experiment);
    for (const path of inside ?? []) if (await looksLikeRun(path)) runs.push(path);
  }
  return runs;
}

/** Whether a folder holds files of a run, run.json or not; one that cannot be looked into may. */
async function looksLikeRun(path: string): Promise<boolean> {
  const names = await listDirectory(path).catch(() => null);
  if (names === null) return true;
  return names.some((name) => name === RUN_FILE || name === MANIFEST_FILE || isRecordFile(name));
}

/** Why there is nothing to check below a root, and what was probably meant. */
async function noRuns(root: string): Promise<CaptureError> {
  if (await isRunDirectory(root)) {
    return new CaptureError('input', `${root} is itself a run`, {
      hint: `plume-nav-capture validate ${root}`,
    });
  }
  for (const path of await folders(root)) {
    if (!(await isRunDirectory(path))) continue;
    return new CaptureError('input', `${root} is the folder of an experiment`, {
      hint: `plume-nav-capture validate ${join(root, '*')}`,
    });
  }
  return new CaptureError('input', `no runs below ${root}`, {
    hint: 'runs are looked for at <root>/<experiment>/<run_id>',
  });
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
    `${mark} ${printable(path)}: ${parts.join(', ')}`,
    ...findings.map((each) => findingText(each, colour)),
    ...(report.ok ? [] : wayOut(path, findings)),
    '',
  ].join('\n');
}

/** What somebody can do about a run that was killed, or damaged since. */
function wayOut(path: string, findings: readonly Finding[]): string[] {
  const quoted = printable(path);
  const unfinished = findings.find(({ code }) => code === 'unfinished');
  if (unfinished === undefined) {
    const isDamaged = findings.some(({ code, severity }) => severity === 'error' && DAMAGE.test(code));
    return isDamaged ? [`  to keep what can be read: plume-nav-capture recover ${quoted}`] : [];
  }
  if (!unfinished.message.includes('it was killed')) return [];
  return [
    `  to go on with it: plume-nav-capture resume ${quoted}`,
    `  to keep what there is: plume-nav-capture recover ${quoted}`,
  ];
}

/** Codes of files that are not as they were written. */
const DAMAGE =
  /^(?:gzip-|line-|(?:parquet|hdf5|sqlite)-unreadable|file-missing|part-missing|manifest-|content-digest)/;

function findingText({ code, severity, file, line, message }: Finding, colour: ChalkInstance): string {
  const label = severity === 'error' ? colour.red('error') : colour.dim('note ');
  const place = file === null ? '' : `${line === null ? file : `${file}:${line}`}  `;
  return `  ${label}  ${code}  ${printable(place + message)}`;
}

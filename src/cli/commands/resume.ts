import { availableParallelism } from 'node:os';
import { chooseBackend } from '../../record/open-writers.js';
import { storageOptions } from '../../backends/storage.js';
import { manifestSchema } from '../../core/records.js';
import { plainJson } from '../../core/canonical-json.js';
import { CaptureError } from '../../core/errors.js';
import { systemClock } from '../../io/clock.js';
import { packageVersion } from '../../io/package-info.js';
import { openRun, readManifest, type RunDirectory } from '../../io/run-directory.js';
import { heldError, lockRun, runHolder, unlockRun } from '../../io/run-lock.js';
import type { CaptureResult } from '../../record/capture.js';
import { prepareToResume, resumeCapture } from '../../record/resume.js';
import { finishSwap, planRecovery, prepareResume, type RecoverPlan } from '../../recover/index.js';
import { createRecordingValidation } from '../../validate/recording.js';
import type { CaptureTask } from '../capture-task.js';
import { EXIT } from '../exit-codes.js';
import { watchSignals } from '../interruption.js';
import { ownBackend } from '../own-backend.js';
import { ProgressDisplay } from '../progress.js';
import { watchStorage } from '../storage-health.js';
import { rejectionText } from '../rejections-text.js';
import { requireSameOverrides, requireUnchangedConfig, storedTask } from '../stored-run.js';
import { formatBytes, plural, printable, type Output } from '../ui.js';

export interface ResumeOptions {
  policy?: string;
  backend?: string;
  dryRun?: boolean;
  json?: boolean;
}

/** `plume-nav-capture resume`: captures the episodes an interrupted run lacks. */
export async function run(
  runDir: string,
  overrides: readonly string[],
  options: ResumeOptions,
  argv: readonly string[],
  output: Output,
): Promise<number> {
  const found = await openRun(runDir);
  if (found.run.schema_version === '0.1') {
    throw new CaptureError(
      'input',
      `${runDir} was written by plume_nav_sim, and only our own runs are resumed`,
    );
  }
  const task = await storedTask(found, options, argv);
  await requireSameOverrides(found, task, overrides);
  await requireUnchangedConfig(found, task);
  if (options.dryRun === true) {
    const holder = await runHolder(runDir);
    if (holder !== null) throw heldError(runDir, holder);
    return resumeHeld(runDir, task, options, output);
  }
  await lockRun(runDir, 'resuming');
  try {
    await finishSwap(runDir);
    return await resumeHeld(runDir, task, options, output);
  } finally {
    await unlockRun(runDir);
  }
}

async function resumeHeld(
  runDir: string,
  task: CaptureTask,
  { backend: module, dryRun = false, json = false }: ResumeOptions,
  output: Output,
): Promise<number> {
  const { settings, provenance } = task;
  const directory = await openRun(runDir);
  if (await isComplete(directory)) {
    const known = { run_dir: runDir, status: 'complete', resumed: false };
    output.stdout(
      json ? `${JSON.stringify(known)}\n` : `${printable(runDir)} is complete: nothing to resume\n`,
    );
    return EXIT.done;
  }
  warnOfVersion(directory, output);
  const own = await ownBackend(module);
  const prepared = await prepareToResume(directory, settings);
  const { record, rotateBytes, clock } = settings;
  const storage = storageOptions(record.storage, { rotateBytes, timed: clock === 'wall' });
  const chosen = await chooseBackend(record, storage, provenance.cwd);
  const plan = await planRecovery(directory, own);
  if (dryRun) {
    output.stdout(planText(runDir, plan, settings.episodes, json));
    return EXIT.done;
  }
  const { whole } = plan.survey;
  const progress = new ProgressDisplay(process.stderr);
  const interruption = watchSignals();
  const say = (line: string): void => {
    progress.end();
    output.stderr(`${line}\n`);
  };
  const { output: results, episodes: total } = settings;
  const health = watchStorage(results, task.storage, { say, interruption, total, goOn: null });
  let result: CaptureResult;
  try {
    health.begin(runDir, whole.episodes);
    const point = await prepareResume({ directory, plan, backend: chosen.backend, own }, systemClock);
    interruption.listen();
    const left = settings.episodes - whole.episodes;
    say(`resuming behind ${plural(whole.episodes, 'episode')}, ${plural(left, 'episode')} left`);
    result = await resumeCapture(point, prepared, chosen, settings, provenance, {
      clock: systemClock,
      signal: interruption.signal,
      startValidation: createRecordingValidation,
      cores: availableParallelism(),
      onStart: () => {},
      onWarning: (message) => say(`warning: ${printable(message)}`),
      onProgress: (done) => {
        progress.update(done.episodes, done.steps - whole.taken, settings.episodes);
        health.update(done.episodes);
      },
    });
    health.end(result.counts.episodes);
  } finally {
    health.stop();
    progress.end();
    interruption.stop();
  }
  output.stdout(json ? resultJson(runDir, plan, result) : resultText(runDir, plan, result));
  if (!result.validation.ok) {
    for (const { code, message } of result.validation.findings)
      output.stderr(`${code}: ${printable(message)}\n`);
    return EXIT.findings;
  }
  return result.status === 'complete' ? EXIT.done : interruption.exitCode();
}

async function isComplete(directory: RunDirectory): Promise<boolean> {
  return manifestSchema.safeParse(plainJson(await readManifest(directory))).data?.status === 'complete';
}

/** The same seed gives the same data in one version; whether in two, reproduce can say. */
function warnOfVersion({ run: { package_version: version } }: RunDirectory, output: Output): void {
  if (version === packageVersion()) return;
  output.stderr(
    `warning: the run was begun with version ${printable(version)} and goes on with ${packageVersion()}\n`,
  );
}

function planText(runDir: string, { survey }: RecoverPlan, episodes: number, json: boolean): string {
  const { whole, read } = survey;
  const left = episodes - whole.episodes;
  if (json) {
    return `${JSON.stringify({ dry_run: true, run_dir: runDir, kept: whole, read, episodes_left: left })}\n`;
  }
  return (
    `would go on with ${printable(runDir)} behind ${plural(whole.episodes, 'whole episode')} ` +
    `(${plural(whole.steps, 'step')}), ${plural(left, 'episode')} left; nothing was changed: a dry run\n`
  );
}

function resultJson(runDir: string, { survey }: RecoverPlan, result: CaptureResult): string {
  const { status, counts, contentDigest, validation, rejections, files, elapsedMs } = result;
  return `${JSON.stringify({
    run_dir: runDir,
    resumed: true,
    status,
    kept: survey.whole,
    counts,
    elapsed_ms: Math.round(elapsedMs),
    content_digest: contentDigest,
    validation: { ok: validation.ok, errors: validation.errors, notes: validation.notes },
    qc: rejections,
    files: files.map(({ path, bytes, rows }) => ({ path, bytes, rows })),
  })}\n`;
}

function resultText(runDir: string, { survey: { whole } }: RecoverPlan, result: CaptureResult): string {
  const { status, counts, files, rejections, contentDigest, elapsedMs } = result;
  const more = plural(counts.episodes - whole.episodes, 'episode');
  const data = files.filter(({ rows }) => rows !== null);
  return [
    `${status === 'complete' ? 'resumed' : 'interrupted again'}: ${more} captured in ${(elapsedMs / 1000).toFixed(2)} s, ` +
      `${plural(counts.episodes, 'episode')} and ${plural(counts.steps, 'step')} in all`,
    `run     ${printable(runDir)}`,
    `files   ${data.map(({ path, bytes }) => `${path} ${formatBytes(bytes)}`).join(' · ')}`,
    ...(rejections === null ? [] : [`qc      ${rejectionText(rejections)}`]),
    `digest  ${contentDigest}`,
    ...(status === 'complete' ? [] : [`to go on with it: plume-nav-capture resume ${printable(runDir)}`]),
    '',
  ].join('\n');
}

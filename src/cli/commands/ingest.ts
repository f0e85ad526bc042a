import { resolve } from 'node:path';
import { CaptureError } from '../../core/errors.js';
import { ingest, readIngestParams, type IngestPlan, type IngestResult } from '../../ingest/index.js';
import { systemClock } from '../../io/clock.js';
import { EXIT } from '../exit-codes.js';
import { ownBackend } from '../own-backend.js';
import { ProgressDisplay } from '../progress.js';
import { readThreads } from '../read-threads.js';
import { jsonText, printable, type Output } from '../ui.js';

export interface IngestOptions {
  runDir?: string;
  outDir?: string;
  params?: string;
  backend?: string;
  dryRun?: boolean;
  json?: boolean;
}

type Done = Exclude<IngestResult, { outcome: 'invalid' }>;

/** `plume-nav-capture ingest`: a finished run into the dataset that DVC versions. */
export async function run(options: IngestOptions, io: Output): Promise<number> {
  const { run_dir: runDir, out_dir: outDir } = await readIngestParams(options.params ?? 'params.yaml', {
    run_dir: options.runDir,
    out_dir: options.outDir,
  });
  const { validateRun } = await import('../../validate/index.js');
  const own = await ownBackend(options.backend);
  const progress = new ProgressDisplay(process.stderr);
  const onProgress = progress.update.bind(progress);
  const settings = { runDir, outDir, dryRun: options.dryRun === true, own, threads: readThreads() };
  const result = await ingest(settings, async (path) => {
    const report = await validateRun(path, { onProgress, own, threads: readThreads() });
    progress.end();
    return report;
  });
  if (result.outcome === 'invalid') return refuse(runDir, result, options, io);
  if (options.json === true) io.stdout(jsonText(document(result)));
  else printResult(result, io);
  if (result.outcome !== 'planned') await noteIngested(runDir, result, io);
  return EXIT.done;
}

/** Beside the run it is noted that it is ingested, and where: it is pending no more, and prune knows its copy. */
async function noteIngested(runDir: string, { plan, index }: Done, io: Output): Promise<void> {
  const [{ locateRun }, { setMark }] = await Promise.all([
    import('../../catalog/locate.js'),
    import('../../catalog/marks.js'),
  ]);
  const source = await locateRun(runDir);
  // a run that was copied somewhere by itself has no results around it
  if (source.runId !== index?.run_id || source.experiment !== index.experiment) return;
  try {
    await setMark(source.root, source, 'ingested', {
      at: new Date(systemClock.now()).toISOString(),
      destination: resolve(plan.destination),
      manifest_digest: index.source_manifest_digest,
    });
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    io.stderr(`note: it is not noted beside the run that it is ingested: ${printable(error.message)}\n`);
  }
}

function refuse(
  runDir: string,
  { report }: Extract<IngestResult, { outcome: 'invalid' }>,
  { json }: IngestOptions,
  io: Output,
): number {
  const errors = report.findings.filter((finding) => finding.severity === 'error');
  if (json === true) {
    io.stdout(jsonText({ outcome: 'invalid', source: runDir, findings: errors }));
  }
  for (const { code, file, line, message } of errors) {
    const where = [file, line].filter((part) => part !== null).join(':');
    io.stderr(`${printable(`${where === '' ? '' : `${where}: `}${code}: ${message}`)}\n`);
  }
  const more = report.errors > errors.length ? `, ${errors.length} of them shown` : '';
  io.stderr(
    `not ingested: ${printable(runDir)} has ${report.errors} error${report.errors === 1 ? '' : 's'}${more}\n`,
  );
  return EXIT.findings;
}

function document({ outcome, plan, index }: Done): unknown {
  const { action, reason, source, destination, files, notes } = plan;
  return {
    outcome,
    action,
    reason,
    source,
    destination,
    content_digest: index?.content_digest ?? null,
    counts: index?.counts ?? null,
    plan: files,
    files: outcome === 'planned' ? null : (index?.files ?? null),
    notes,
  };
}

function printResult({ outcome, plan, index }: Done, io: Output): void {
  const { reason, notes } = plan;
  const [source, destination] = [printable(plan.source), printable(plan.destination)];
  if (outcome === 'planned') io.stdout(planText(plan));
  else if (outcome === 'unchanged') io.stdout(`${reason}: ${destination}\n`);
  else if (outcome === 'repaired') io.stdout(`repaired ${destination}: ${reason}\n`);
  else io.stdout(`ingested ${source} into ${destination}: ${index!.files.length + 1} files\n`);
  for (const note of notes) io.stderr(`note: ${printable(note)}\n`);
}

function planText({ action, reason, source, destination, files }: IngestPlan): string {
  const width = Math.max(0, ...files.map((file) => file.path.length));
  const lines = files.map((file) => `  ${file.action.padEnd(13)} ${file.path.padEnd(width)}  ${file.reason}`);
  const head =
    action === 'nothing'
      ? `nothing to do, ${reason}: ${destination}`
      : `would ${action === 'create' ? 'ingest' : 'repair'} ${source} into ${destination} (${reason})`;
  return `${[head, ...lines].map(printable).join('\n')}\n`;
}

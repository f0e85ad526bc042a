import { exportRun, type ExportResult } from '../../export/index.js';
import type { FormatName } from '../../export/format-names.js';
import type { RunMetadata } from '../../core/records.js';
import { actionModels } from '../../sim/actions/index.js';
import { EXIT } from '../exit-codes.js';
import { ownBackend } from '../own-backend.js';
import { watchSignals } from '../interruption.js';
import { ProgressDisplay } from '../progress.js';
import { readThreads } from '../read-threads.js';
import { formatBytes, formatCount, plural, printable, type Output } from '../ui.js';

export interface ExportOptions {
  format?: FormatName;
  out: string;
  compression?: string;
  level?: string;
  episodes?: string;
  columns?: string;
  force?: boolean;
  backend?: string;
  json?: boolean;
}

/** `plume-nav-capture export`: a run's records in another format. */
export async function run(runDir: string, options: ExportOptions, io: Output): Promise<number> {
  const { out, format = null, compression = null, level = null, episodes = null, columns = null } = options;
  const request = {
    runDir,
    out,
    format,
    compression,
    level,
    episodes,
    columns,
    force: options.force === true,
    own: await ownBackend(options.backend),
  };
  const progress = new ProgressDisplay(process.stderr);
  const interruption = watchSignals();
  interruption.listen();
  const begun = performance.now();
  let result: ExportResult;
  try {
    result = await exportRun(request, {
      actionCount,
      onProgress: (done, expected) => progress.update(done.episodes, done.steps, expected),
      signal: interruption.signal,
      threads: readThreads(),
    });
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
    progress.end();
    io.stderr('interrupted; nothing was exported\n');
    return interruption.exitCode();
  } finally {
    progress.end();
    interruption.stop();
  }
  const elapsedMs = performance.now() - begun;
  io.stdout(
    options.json === true ? resultJson(runDir, result, elapsedMs) : resultText(runDir, result, elapsedMs),
  );
  for (const note of result.notes) io.stderr(`note: ${printable(note)}\n`);
  return EXIT.done;
}

/** As the resolved configuration in run.json says; plume_nav_sim's has none. */
function actionCount({ extra }: RunMetadata): number | null {
  const config = extra?.['config'] as { env?: { action_type?: unknown } } | null | undefined;
  const type = config?.env?.action_type;
  return typeof type === 'string' && actionModels.has(type) ? actionModels.get(type)(1).count : null;
}

function resultJson(runDir: string, result: ExportResult, elapsedMs: number): string {
  const { runId, format, compression, level, episodes, columns, counts, files, notes } = result;
  return `${JSON.stringify({
    run_id: runId,
    run_dir: runDir,
    format,
    compression,
    level,
    episodes,
    columns,
    counts,
    elapsed_ms: Math.round(elapsedMs),
    files,
    notes,
  })}\n`;
}

function resultText(runDir: string, { counts, files }: ExportResult, elapsedMs: number): string {
  const seconds = elapsedMs / 1000;
  // a rate over an instant says nothing
  const rate = seconds < 1 ? '' : ` (${formatCount(counts.steps / seconds)} steps/s)`;
  const what = `${plural(counts.episodes, 'episode')}, ${plural(counts.steps, 'step')}`;
  return [
    `exported ${what} of ${printable(runDir)} in ${seconds.toFixed(2)} s${rate}`,
    ...files.map(({ path, bytes, rows }) => {
      const records = rows === null ? '' : `, ${plural(rows, 'row')}`;
      return `  ${printable(path)}  ${formatBytes(bytes)}${records}`;
    }),
    '',
  ].join('\n');
}

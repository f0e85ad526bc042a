import { availableParallelism } from 'node:os';
import {
  flagOverrides,
  toYaml,
  loadConfig,
  type CaptureConfig,
  type CaptureFlags,
} from '../../config/index.js';
import { compactJson, type JsonValue } from '../../core/canonical-json.js';
import type { CaptureResult } from '../../record/capture.js';
import type { RecordingMetrics } from '../../record/metrics.js';
import { composeRequest, type ConfigOptions } from '../config-options.js';
import { runCapture } from '../capture-run.js';
import { captureTask } from '../capture-task.js';
import { runUnrecorded } from '../capture-unrecorded.js';
import { EXIT } from '../exit-codes.js';
import { watchSignals } from '../interruption.js';
import { writeMetrics } from '../metrics-file.js';
import { requireOverrides } from '../operands.js';
import { ProgressDisplay } from '../progress.js';
import { watchStorage } from '../storage-health.js';
import { rejectionText } from '../rejections-text.js';
import { formatBytes, formatCount, plural, printable, type Output } from '../ui.js';

/** A recording that costs more than this is worth a word. */
const SLOW_MS_PER_STEP = 1;

export interface CaptureOptions extends CaptureFlags, ConfigOptions {
  cfg?: 'job';
  resolve?: boolean;
  package?: string;
  info?: 'defaults' | 'defaults-tree' | 'config' | 'searchpath';
  multirun?: boolean;
  jobs?: string;
  resumeSweep?: string;
  reason?: string;
  dryRun?: boolean;
  metrics?: string;
  json?: boolean;
}

/** `capture [overrides...]`: compose the config, run the episodes, print where they lie. */
export async function run(
  operands: string[],
  options: CaptureOptions,
  argv: readonly string[],
  output: Output,
): Promise<number> {
  requireOverrides(operands);
  const overrides = [...operands, ...flagOverrides(options)];
  const { composed, config } = await loadConfig(composeRequest(options, overrides));
  for (const warning of composed.warnings) output.stderr(`warning: ${printable(warning)}\n`);
  if (options.dryRun === true) {
    output.stdout(
      dryRunText(config, composed.hash, toYaml(composed.tree), options.json === true, composed.tree),
    );
    return EXIT.done;
  }
  const task = captureTask({ composed, config }, argv, options.reason);
  if (config.record.backend === 'none') return runUnrecorded(task, options, output);
  const { episodes } = task.settings;
  const progress = new ProgressDisplay(process.stderr);
  const interruption = watchSignals();
  const say = (line: string): void => {
    progress.end();
    output.stderr(`${line}\n`);
  };
  const { output: results } = task.settings;
  const health = watchStorage(results, task.storage, { say, interruption, total: episodes, goOn: null });
  let result: CaptureResult;
  try {
    result = await runCapture(task, {
      signal: interruption.signal,
      cores: availableParallelism(),
      onWarning: (message) => say(`warning: ${printable(message)}`),
      onStart: ({ directory }) => {
        // until here there is nothing to finalise
        interruption.listen();
        say(`capturing ${plural(episodes, 'episode')} into ${printable(directory)}`);
        health.begin(directory);
      },
      onProgress: (done) => {
        progress.update(done.episodes, done.steps, episodes);
        health.update(done.episodes);
      },
    });
    health.end(result.counts.episodes);
  } finally {
    health.stop();
    progress.end();
    interruption.stop();
  }
  if (options.metrics !== undefined) await writeMetrics(options.metrics, result, result.metrics);
  output.stdout(options.json === true ? resultJson(result, composed.hash) : resultText(result));
  const slow = result.metrics.write_ms_per_step.average;
  // over an instant it is the disk's first answer that is measured
  if (slow > SLOW_MS_PER_STEP && result.elapsedMs >= 1000) {
    output.stderr(
      `warning: recording took ${slow.toFixed(2)} ms a step, more than ${SLOW_MS_PER_STEP}; record.recording.step_interval, a faster disk or record=jsonl would help\n`,
    );
  }
  if (!result.validation.ok) {
    for (const { code, message } of result.validation.findings) output.stderr(`${code}: ${message}\n`);
    return EXIT.findings;
  }
  return result.status === 'complete' ? EXIT.done : interruption.exitCode();
}

function dryRunText(
  config: CaptureConfig,
  hash: string,
  yaml: string,
  json: boolean,
  tree: JsonValue,
): string {
  const { episodes, output, experiment } = config;
  if (json) {
    const plan = { dry_run: true, output, experiment, episodes: BigInt(episodes), config_hash: hash };
    return `${compactJson({ ...plan, config: tree })}\n`;
  }
  return `would capture ${plural(episodes, 'episode')} into ${printable(output)}/${experiment}/<run_id>\nconfig_hash ${hash}\n\n${yaml}`;
}

function resultJson(result: CaptureResult, configHash: string): string {
  const { runId, directory, status, counts, files, rejections } = result;
  const { contentDigest, validation, metrics, elapsedMs } = result;
  return `${JSON.stringify({
    run_id: runId,
    run_dir: directory,
    status,
    counts,
    elapsed_ms: Math.round(elapsedMs),
    config_hash: configHash,
    content_digest: contentDigest,
    validation: { ok: validation.ok, errors: validation.errors, notes: validation.notes },
    qc: rejections,
    files: files.map(({ path, bytes, rows }) => ({ path, bytes, rows })),
    metrics,
  })}\n`;
}

function resultText(result: CaptureResult): string {
  const { directory, status, counts, files, rejections, contentDigest, metrics, elapsedMs } = result;
  const seconds = elapsedMs / 1000;
  // a rate over an instant says nothing
  const rate = seconds < 1 ? '' : ` (${formatCount(counts.steps / seconds)} steps/s)`;
  const verb = status === 'complete' ? 'captured' : 'interrupted; captured';
  const data = files.filter(({ rows }) => rows !== null);
  return [
    `${verb} ${plural(counts.episodes, 'episode')}, ${plural(counts.steps, 'step')} in ${seconds.toFixed(2)} s${rate}`,
    `run     ${printable(directory)}`,
    `files   ${data.map(({ path, bytes }) => `${path} ${formatBytes(bytes)}`).join(' · ')}`,
    ...(seconds < 1 ? [] : [`writing ${metricsText(metrics)}`]),
    ...(rejections === null ? [] : [`qc      ${rejectionText(rejections)}`]),
    `digest  ${contentDigest}`,
    ...(status === 'complete' ? [] : [`to go on with it: plume-nav-capture resume ${printable(directory)}`]),
    '',
  ].join('\n');
}

/** What recording cost, in a line. */
function metricsText({
  write_ms_per_step: write,
  buffer,
  bytes,
  waits_ms: waits,
  memory,
}: RecordingMetrics): string {
  const micro = (ms: number): string => `${(ms * 1000).toFixed(1)} µs`;
  return [
    `${micro(write.average)} a step (99 %: ${micro(write.p99)})`,
    `batches ${Math.round(buffer.utilization_average * 100)} % full`,
    ...(bytes.ratio === null ? [] : [`columns ${bytes.ratio.toFixed(1)} times the files`]),
    `waited ${(waits.for_room / 1000).toFixed(1)} s for the disk`,
    `${Math.round(memory.peak_rss_mb)} MB of memory`,
  ].join(' · ');
}

import {
  compose,
  flagOverrides,
  toYaml,
  loadConfig,
  type CaptureConfig,
  type CaptureFlags,
} from '../../config/index.js';
import { systemClock } from '../../io/clock.js';
import { compactJson, type JsonValue } from '../../core/canonical-json.js';
import type { CaptureResult, CapturePorts } from '../../record/capture.js';
import type { CaptureSettings } from '../../record/settings.js';
import { EXIT } from '../exit-codes.js';
import { requireOverrides } from '../operands.js';
import { ProgressDisplay } from '../progress.js';
import { formatBytes, formatCount, plural, type Output } from '../ui.js';

export interface CaptureOptions extends CaptureFlags {
  configName: string;
  configPath?: string;
  cfg?: 'job';
  dryRun?: boolean;
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
  const request = { configPath: options.configPath ?? null, configName: options.configName, overrides };
  if (options.cfg === 'job') {
    output.stdout(toYaml(compose(request).tree));
    return EXIT.done;
  }
  const { composed, config } = await loadConfig(request);
  if (options.dryRun === true) {
    output.stdout(
      dryRunText(config, composed.hash, toYaml(composed.tree), options.json === true, composed.tree),
    );
    return EXIT.done;
  }
  const settings = settingsOf(config);
  const provenance = {
    config: composed.tree as never,
    configYaml: toYaml(composed.tree),
    configHash: composed.hash,
    overrides,
    overridesYaml: toYaml([...overrides]),
    command: ['plume-nav-capture', ...argv],
    cwd: process.cwd(),
  };
  const [{ capture }, { createRecordingValidation }] = await Promise.all([
    import('../../record/capture.js'),
    import('../../validate/recording.js'),
  ]);
  const progress = new ProgressDisplay(process.stderr);
  const interruption = watchSignals();
  const ports: CapturePorts = {
    clock: systemClock,
    signal: interruption.signal,
    startValidation: createRecordingValidation,
    onStart: ({ directory }) => {
      // until here there is nothing to finalise
      interruption.listen();
      output.stderr(`capturing ${plural(settings.episodes, 'episode')} into ${directory}\n`);
    },
    onProgress: ({ episodes, steps }) => progress.update(episodes, steps, settings.episodes),
  };
  let result: CaptureResult;
  try {
    result = await capture(settings, provenance, ports);
  } finally {
    progress.end();
    interruption.stop();
  }
  output.stdout(options.json === true ? resultJson(result, composed.hash) : resultText(result));
  if (!result.validation.ok) {
    for (const { code, message } of result.validation.findings) output.stderr(`${code}: ${message}\n`);
    return EXIT.findings;
  }
  return result.status === 'complete' ? EXIT.done : interruption.exitCode();
}

function settingsOf(config: CaptureConfig): CaptureSettings {
  const { output, experiment, episodes, seed, parquet, clock, fps, env, movie, policy, record } = config;
  const { rotate_size: rotateBytes, run_id: runId } = config;
  return {
    output,
    experiment,
    episodes,
    seed,
    rotateBytes,
    parquet,
    clock,
    fps,
    runId,
    env,
    movie,
    policy,
    record,
  };
}

/** From `listen` on the first SIGINT or SIGTERM asks for an orderly end; a second one kills, as by default. */
function watchSignals() {
  const controller = new AbortController();
  let code: number = EXIT.interrupted;
  const handle = (signal: NodeJS.Signals) => {
    code = signal === 'SIGTERM' ? EXIT.terminated : EXIT.interrupted;
    controller.abort();
  };
  return {
    listen: () => void process.once('SIGINT', handle).once('SIGTERM', handle),
    signal: controller.signal,
    exitCode: () => code,
    stop: () => void process.off('SIGINT', handle).off('SIGTERM', handle),
  };
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
  return `would capture ${plural(episodes, 'episode')} into ${output}/${experiment}/<run_id>\nconfig_hash ${hash}\n\n${yaml}`;
}

function resultJson(result: CaptureResult, configHash: string): string {
  const { runId, directory, status, counts, files, contentDigest, validation, elapsedMs } = result;
  return `${JSON.stringify({
    run_id: runId,
    run_dir: directory,
    status,
    counts,
    elapsed_ms: Math.round(elapsedMs),
    config_hash: configHash,
    content_digest: contentDigest,
    validation: { ok: validation.ok, errors: validation.errors, notes: validation.notes },
    files: files.map(({ path, bytes, rows }) => ({ path, bytes, rows })),
  })}\n`;
}

function resultText({ directory, status, counts, files, contentDigest, elapsedMs }: CaptureResult): string {
  const seconds = elapsedMs / 1000;
  // a rate over an instant says nothing
  const rate = seconds < 1 ? '' : ` (${formatCount(counts.steps / seconds)} steps/s)`;
  const verb = status === 'complete' ? 'captured' : 'interrupted; captured';
  const data = files.filter(({ rows }) => rows !== null);
  return [
    `${verb} ${plural(counts.episodes, 'episode')}, ${plural(counts.steps, 'step')} in ${seconds.toFixed(2)} s${rate}`,
    `run     ${directory}`,
    `files   ${data.map(({ path, bytes }) => `${path} ${formatBytes(bytes)}`).join(' · ')}`,
    `digest  ${contentDigest}`,
    '',
  ].join('\n');
}

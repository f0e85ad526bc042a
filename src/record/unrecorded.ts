import { loadBackend } from '../backends/load.js';
import { storageOptions } from '../backends/storage.js';
import { ContentDigest } from '../core/digest.js';
import type { RunWriter } from '../core/ports.js';
import { streamsOf } from '../core/streams.js';
import { recordingOfConfig } from './config.js';
import { prepareSimulation } from './inputs.js';
import type { RecordingMetrics } from './metrics.js';
import { OutcomeTotals, type Outcome } from './outcomes.js';
import { NOTHING_DONE, recordRun, type Progress, type RecordPorts } from './record-run.js';
import type { CaptureSettings } from './settings.js';

/** Episodes of which nothing is kept. */
export interface UnrecordedResult {
  status: 'complete' | 'aborted';
  /** Steps that were taken, and episodes that ended. */
  counts: Progress;
  outcome: Outcome;
  /** What the backend was handed, and how often each of its methods was called; null when not asked for. */
  given: NonNullable<RunWriter['given']> | null;
  calls: NonNullable<RunWriter['calls']> | null;
  metrics: RecordingMetrics;
  elapsedMs: number;
}

/**
 * Runs the episodes of a configuration that records nothing (`record=none`): no directory, no digest, no checks.
 * @throws CaptureError as `capture` does
 */
export async function captureUnrecorded(
  settings: CaptureSettings,
  ports: RecordPorts,
): Promise<UnrecordedResult> {
  const { record, experiment, episodes } = settings;
  const { simulation } = await prepareSimulation(settings);
  const streams = streamsOf(recordingOfConfig(record));
  const backend = await loadBackend('none', '.');
  const facts = {
    run_id: '',
    experiment,
    schema_version: '',
    config_hash: null,
    start_time: '',
    config: null,
  };
  const main = await backend.openWriter({ directory: '', streams, storage: storageOptions(), run: facts });
  const writers = { backend, name: 'none', main, copies: [], fellBack: null };
  const outcomes = new OutcomeTotals();
  const begun = ports.clock.monotonic();
  const { counts, taken, metrics } = await recordRun(settings, ports, {
    run: { runId: '', startMs: ports.clock.now(), writers, rejections: null },
    simulation,
    cwd: '.',
    digest: new ContentDigest(streams),
    observers: [outcomes],
    done: NOTHING_DONE,
  });
  const { enabled, count_calls: counted } = record.debug ?? { enabled: false, count_calls: false };
  return {
    status: counts.episodes === episodes ? 'complete' : 'aborted',
    counts: { episodes: counts.episodes, steps: taken },
    outcome: outcomes.finish(),
    given: enabled ? (main.given ?? null) : null,
    calls: counted ? (main.calls ?? null) : null,
    metrics,
    elapsedMs: ports.clock.monotonic() - begun,
  };
}

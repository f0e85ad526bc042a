import { loadBackend } from '../backends/load.js';
import { storageOptions } from '../backends/storage.js';
import { STREAMS } from '../core/streams.js';
import type { CapturePorts } from './capture.js';
import { openSource } from './episode-source.js';
import { prepareSimulation } from './inputs.js';
import { OutcomeTotals, type Outcome } from './outcomes.js';
import type { Progress } from './record-run.js';
import type { CaptureSettings } from './settings.js';

/** Episodes of which nothing is kept. */
export interface UnrecordedResult {
  status: 'complete' | 'aborted';
  counts: Progress;
  outcome: Outcome;
  /** How often the backend was called; null when that was not asked for. */
  calls: Readonly<Record<string, number>> | null;
  elapsedMs: number;
}

/**
 * Runs the episodes of a configuration that records nothing (`record=none`): no directory, no digest, no checks.
 * @throws CaptureError as `capture` does
 */
export async function captureUnrecorded(
  settings: CaptureSettings,
  ports: Pick<CapturePorts, 'clock' | 'signal' | 'cores' | 'onProgress'>,
): Promise<UnrecordedResult> {
  const { simulation } = await prepareSimulation(settings);
  const backend = await loadBackend('none', '.');
  const facts = { run_id: '', experiment: settings.experiment, schema_version: '', config_hash: null };
  const writer = await backend.openWriter({
    directory: '',
    streams: STREAMS,
    storage: storageOptions(),
    run: { ...facts, start_time: '', config: null },
  });
  const startMs = ports.clock.now();
  const plan = { settings, runId: '', startMs };
  const source = openSource(plan, ports.cores, { ...ports, simulation, backend, name: 'none', cwd: '.' });
  const outcomes = new OutcomeTotals();
  const counts = { episodes: 0, steps: 0 };
  const begun = ports.clock.monotonic();
  for await (const chunk of source.chunks()) {
    await writer.write(chunk.steps);
    for (let row = 0; row < chunk.episodes.rows; row++) outcomes.endEpisode(chunk.episodes, row);
    counts.steps += chunk.taken;
    counts.episodes += chunk.episodes.rows;
    ports.onProgress(counts);
    if (chunk.cut) break;
  }
  await writer.close();
  const { debug } = settings.record;
  return {
    status: counts.episodes === settings.episodes ? 'complete' : 'aborted',
    counts,
    outcome: outcomes.finish(),
    calls: debug?.enabled === true && debug.count_calls ? (writer.calls ?? null) : null,
    elapsedMs: ports.clock.monotonic() - begun,
  };
}

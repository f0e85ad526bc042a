import { dirname, resolve } from 'node:path';
import { makeDirectories, writeFileAtomic } from '../io/atomic.js';
import type { RecordingMetrics } from '../record/metrics.js';

/** Writes the file of `--metrics`. @param run null when there is none */
export async function writeMetrics(
  file: string,
  run: { runId: string; directory: string } | null,
  metrics: RecordingMetrics,
): Promise<void> {
  const { runId = null, directory = null } = run ?? {};
  const path = resolve(file);
  await makeDirectories(dirname(path));
  const text = JSON.stringify({ run_id: runId, run_dir: directory, ...metrics }, null, 2);
  await writeFileAtomic(path, `${text}\n`);
}

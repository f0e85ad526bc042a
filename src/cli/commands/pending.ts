import { join } from 'node:path';
import { findRuns } from '../../catalog/find-runs.js';
import { nameOf, newestFirst } from '../../catalog/run-entry.js';
import { isPending } from '../../catalog/state.js';
import { requireExperiment } from '../known-experiment.js';
import { told } from '../skipped-text.js';
import { jsonText, plural, printable, type Output } from '../ui.js';

export interface PendingOptions {
  experiment?: string;
  json?: boolean;
}

/** `plume-nav-capture pending`: finished runs that nobody has ingested, accepted or rejected. */
export async function run(results: string, options: PendingOptions, io: Output): Promise<number> {
  const { root, runs, skipped } = await findRuns(results, options.experiment ?? null);
  await requireExperiment(root, options.experiment);
  const pending = runs.filter(isPending).sort(newestFirst).reverse();
  if (options.json === true) {
    io.stdout(
      jsonText({
        results: root,
        pending: pending.map((each) => ({
          path: nameOf(each),
          status: each.status,
          ended_at: new Date(each.endedMs).toISOString(),
          bytes: each.bytes,
        })),
      }),
    );
    return told(skipped, io);
  }
  for (const each of pending) io.stdout(`${printable(join(results, nameOf(each)))}\n`);
  io.stderr(
    pending.length === 0
      ? 'nothing is pending\n'
      : `${plural(pending.length, 'run')} pending: ingest ${pending.length === 1 ? 'it, or accept or reject it' : 'them, or accept or reject them'}\n`,
  );
  return told(skipped, io);
}

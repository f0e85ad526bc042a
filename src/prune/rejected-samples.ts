import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { nameOf, type FinishedRun, type FoundRun } from '../catalog/run-entry.js';
import { REJECTED_FOLDER } from '../core/layout.js';
import { statsOf } from '../io/stats-of.js';
import { deleteAside, moveAside } from './aside.js';
import { whyNot, type Removal } from './outcome.js';
import { since, type Policy } from './policy.js';

/** Where the samples of a run lie, relative to the results. */
export const samplesPath = (run: string): string => `${run}/${REJECTED_FOLDER}`;

/** Which of these runs have samples of rejected episodes that are older than the policy lets them be. */
export function planSamples(
  root: string,
  runs: readonly FoundRun[],
  { rejectedMaxAge }: Policy,
  nowMs: number,
): FinishedRun[] {
  if (rejectedMaxAge === null) return [];
  const until = since(rejectedMaxAge, nowMs);
  return runs
    .filter((run): run is FinishedRun => run.kind === 'finished')
    .filter(({ endedMs, marks }) => endedMs < until && !marks.pinned)
    .filter((run) => existsSync(join(root, samplesPath(nameOf(run)))));
}

/** Removes these samples; the runs are whole without them. */
export async function removeSamples(root: string, runs: readonly FinishedRun[]): Promise<Removal[]> {
  const removals: Removal[] = [];
  for (const run of runs) {
    const path = samplesPath(nameOf(run));
    try {
      const stats = await statsOf(join(root, path));
      if (stats === null) removals.push({ path, outcome: 'gone', reason: null });
      else if (!stats.isDirectory()) removals.push({ path, outcome: 'kept', reason: 'it is no folder' });
      else removals.push({ path, ...(await deleteAside(await moveAside(root, join(root, path)))) });
    } catch (error) {
      removals.push({ path, outcome: 'failed', reason: whyNot(`cannot remove ${path}`, error) });
    }
  }
  return removals;
}

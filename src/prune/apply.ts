import { rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { clearMarks, MARKS_FOLDER } from '../catalog/marks.js';
import { MarksReader } from '../catalog/marks-reader.js';
import type { RunName } from '../catalog/run-entry.js';
import { statsOf } from '../io/stats-of.js';
import { deleteAside, finishLeftovers, moveAside } from './aside.js';
import type { Prune } from './index.js';
import { isTaken, whyNot, type Removal } from './outcome.js';
import { toRemove } from './plan.js';
import { removeSamples } from './rejected-samples.js';
import { removeRun } from './remove-run.js';
import { removeLogs } from './runtime-logs.js';
import { TRASH_FOLDER, trashPath } from './trash.js';

/** Removes what a prune has decided on: what killed prunes left, from the trash, runs, samples, logs. */
export async function applyPrune(prune: Prune): Promise<Removal[]> {
  const { root, policy, plan, nowMs, trash, leftovers, logs, samples } = prune;
  const removals = await finishLeftovers(leftovers.gone);
  for (const id of [...trash.empty, ...plan.emptied.map((entry) => entry.id)]) {
    removals.push(await emptyEntry(root, id));
  }
  const ports = { root, policy, nowMs, marks: new MarksReader(root) };
  const removed: RunName[] = [];
  for (const decision of toRemove(plan)) {
    const removal = await removeRun(decision, ports);
    removals.push(removal);
    if (isTaken(removal)) removed.push(decision.run);
  }
  // only now, so that the folders of marks are not read again after each run
  for (const experiment of new Set(plan.decisions.map(({ run }) => run.experiment))) {
    const gone = removed.filter((run) => run.experiment === experiment).map(({ runId }) => runId);
    try {
      await clearMarks(root, experiment, new Set(gone));
    } catch (error) {
      const path = join(experiment, MARKS_FOLDER);
      removals.push({ path, outcome: 'failed', reason: whyNot(`cannot clear ${path}`, error) });
    }
  }
  const emptied = await removeSamples(root, samples);
  const logged = policy.logs === null ? [] : await removeLogs(policy.logs.folder, logs);
  // an empty trash is no use to anybody; one that is not stays
  await rmdir(join(root, TRASH_FOLDER)).catch(() => {});
  return [...removals, ...emptied, ...logged];
}

async function emptyEntry(root: string, id: string): Promise<Removal> {
  const path = trashPath(id);
  try {
    if ((await statsOf(join(root, path))) === null) return { path, outcome: 'gone', reason: null };
    return { path, ...(await deleteAside(await moveAside(root, join(root, path)))) };
  } catch (error) {
    return { path, outcome: 'failed', reason: whyNot(`cannot empty ${path}`, error) };
  }
}

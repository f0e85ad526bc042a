import { join } from 'node:path';
import { nameOf } from '../catalog/run-entry.js';
import type { Prune, Removal } from '../prune/index.js';
import { samplesPath } from '../prune/rejected-samples.js';
import type { LogDecision } from '../prune/runtime-logs.js';
import { trashPath, type TrashEntry } from '../prune/trash.js';
import { describe } from './prune-text.js';

/** What is decided, as a line of the log has it; `path` as in `Removal`. */
interface Decided {
  path: string;
  [key: string]: unknown;
}

/** A JSON line for each decision, with what came of it; null before anything is done. */
export function decisionLines(prune: Prune, removals: readonly Removal[] | null): string {
  const ended = new Map((removals ?? []).map((removal) => [removal.path, removal]));
  const common = { at: new Date(prune.nowMs).toISOString(), results: prune.root };
  return decisions(prune)
    .map((decision) => {
      const removal = ended.get(decision.path);
      const outcome = removals === null ? 'planned' : (removal?.outcome ?? 'kept');
      const why = removal === undefined || removal.reason === null ? {} : { why: removal.reason };
      return `${JSON.stringify({ ...common, ...decision, outcome, ...why })}\n`;
    })
    .join('');
}

const decisions = ({ plan, samples, logs, policy, nowMs }: Prune): Decided[] => [
  ...plan.decisions.map(({ run, action, reasons }) => ({ ...describe(run), action, reasons })),
  ...plan.emptied.map((entry) => ofTrash(entry, nowMs)),
  ...samples.map((run) => ({
    ...describe(run),
    path: samplesPath(nameOf(run)),
    state: 'rejected-samples',
    bytes: null,
    action: 'remove',
    reasons: [policy.rejectedMaxAge!.label],
  })),
  ...logs.map((log) => ofLog(log, policy.logs!.folder)),
];

const ofTrash = ({ id, experiment, runId, bytes, keepUntilMs }: TrashEntry, nowMs: number): Decided => ({
  path: trashPath(id),
  experiment,
  run_id: runId,
  state: 'trash',
  ended_at: null,
  bytes,
  action: 'remove',
  reasons: [keepUntilMs <= nowMs ? 'its time in the trash is over' : 'for the limit of space'],
});

const ofLog = ({ path, bytes, reason }: LogDecision, folder: string): Decided => ({
  path: join(folder, path),
  experiment: null,
  run_id: null,
  state: 'runtime-log',
  ended_at: null,
  bytes,
  action: 'remove',
  reasons: [reason],
});

import type { FinishedRun, FoundRun } from './run-entry.js';

/**
 * Where a run is in its life: `live` while a process holds it (`may-be-live` where nobody here can tell), then
 * `unfinished` if that was killed or `pending` when it is finished; ingest settles it, or a verdict. `strange` is not
 * as a run of ours should be.
 */
export const STATES = [
  'live',
  'may-be-live',
  'unfinished',
  'pending',
  'ingested',
  'accepted',
  'rejected',
  'strange',
] as const;
export type State = (typeof STATES)[number];

/** A verdict counts more than that somebody has put the run into a dataset. */
export function stateOf(run: FoundRun): State {
  if (run.kind === 'held') return run.liveness === 'running' ? 'live' : 'may-be-live';
  if (run.kind !== 'finished') return run.kind;
  return run.marks.verdict ?? (run.marks.ingested ? 'ingested' : 'pending');
}

/** Whether a run awaits that somebody ingests it, or says what he thinks of it. */
export const isPending = (run: FoundRun): run is FinishedRun => stateOf(run) === 'pending';

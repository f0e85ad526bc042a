import type { Marks } from './marks.js';

export interface RunName {
  experiment: string;
  runId: string;
}

/** `<experiment>/<run_id>`, as runs are called in messages. */
export const nameOf = ({ experiment, runId }: RunName): string => `${experiment}/${runId}`;

/** A run whose manifest is there, as that says. */
export interface FinishedRun extends RunName {
  kind: 'finished';
  status: string;
  /** When it began and ended, milliseconds since the epoch. */
  startedMs: number;
  endedMs: number;
  episodes: number;
  steps: number;
  /** Of the files in its inventory. */
  bytes: number;
  configHash: string | null;
  /** `manifest_digest` as stated: another one means it is no longer the same run. */
  manifestDigest: string;
  marks: Marks;
}

/** A run that no process holds and that has no manifest: killed, or copied in without. */
export interface UnfinishedRun extends RunName {
  kind: 'unfinished';
  reason: string;
  /** When something of it was last written, milliseconds since the epoch. */
  touchedMs: number;
  bytes: number;
  marks: Marks;
}

/** A run that a process holds, or may hold: `unknown` when nobody here can tell whether it still runs. */
export interface HeldRun extends RunName {
  kind: 'held';
  liveness: 'running' | 'unknown';
  /** Whether its manifest is there: whatever holds it now, its records are complete. */
  hasManifest: boolean;
  reason: string;
  touchedMs: number;
  bytes: number;
  marks: Marks;
}

/** A directory with a run.json that is not as a run of ours is: damaged, renamed or moved by hand, another program's. */
export interface StrangeRun extends RunName {
  kind: 'strange';
  reason: string;
  bytes: number;
  marks: Marks;
}

export type FoundRun = FinishedRun | UnfinishedRun | HeldRun | StrangeRun;

export const bytesOf = (items: readonly { bytes: number }[]): number =>
  items.reduce((sum, { bytes }) => sum + bytes, 0);

const byNumbers = new Intl.Collator('en', { numeric: true });
export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Newest first; of runs that ended at the same time the higher id (`-10` after `-9`) counts as newer. */
export function newestFirst(a: FinishedRun, b: FinishedRun): number {
  if (a.endedMs !== b.endedMs) return b.endedMs - a.endedMs;
  return laterIdFirst(a, b) || compareText(a.experiment, b.experiment);
}

export const laterIdFirst = (a: RunName, b: RunName): number =>
  byNumbers.compare(b.runId, a.runId) || compareText(b.runId, a.runId);

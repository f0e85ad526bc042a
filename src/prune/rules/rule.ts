import type { FinishedRun } from '../../catalog/run-entry.js';

/** A retention rule with its value: it says why it keeps a run, and nothing about the others. */
export interface Rule {
  /** As it stands in reasons: `keep-last 5`. */
  readonly label: string;
  /**
   * @param runs the finished runs of one group, newest first, none of them dated in the future
   * @param nowMs milliseconds since the epoch
   * @returns a reason for each run it keeps
   */
  keep(runs: readonly FinishedRun[], nowMs: number): ReadonlyMap<FinishedRun, string>;
}

/** Reads a rule's value; `usage` error when it is none. */
export type RuleParser = (value: string) => Rule;

import type { FinishedRun } from '../plan.js';

/** A retention rule with its value: it says why it keeps a run, and nothing about the others. */
export interface Rule {
  /** As it stands in reasons: `keep-last 5`. */
  readonly label: string;
  /**
   * @param runs the finished runs of one experiment, newest first
   * @param nowMs milliseconds since the epoch
   * @returns a reason for each run it keeps, by run id
   */
  keep(runs: readonly FinishedRun[], nowMs: number): ReadonlyMap<string, string>;
}

/** Reads a rule's value off the command line; `usage` error when it is none. */
export type RuleParser = (value: string) => Rule;

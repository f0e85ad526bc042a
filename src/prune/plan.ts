import type { Rule } from './rules/rule.js';

interface RunName {
  experiment: string;
  runId: string;
}

/** A run that a rule may let go. */
export interface FinishedRun extends RunName {
  kind: 'finished';
  /** When it ended, milliseconds since the epoch. */
  endedMs: number;
  /** Size by its manifest; null when that does not say. */
  bytes: number | null;
  /** SHA-256 of its manifest.json: another one means it is no longer the run the plan was made for. */
  manifestSha256: string;
}

/** A run no rule may touch: live, unfinished, or not as its files say. */
export interface ProtectedRun extends RunName {
  kind: 'protected';
  reason: string;
}

export type FoundRun = FinishedRun | ProtectedRun;

export interface Decision {
  run: FoundRun;
  action: 'keep' | 'remove';
  reasons: readonly string[];
}

export interface RemoveDecision extends Decision {
  run: FinishedRun;
  action: 'remove';
}

export interface PrunePlan {
  /** A decision for every run: by experiment, newest first; protected runs after the others. */
  decisions: readonly Decision[];
  rules: readonly string[];
}

/**
 * What the rules keep, and why. Pure. A run stays if any rule keeps it; protected runs always do, and count for no
 * rule, so that `keep-last 5` means five finished runs.
 */
export function planPrune(runs: readonly FoundRun[], rules: readonly Rule[], nowMs: number): PrunePlan {
  const decisions: Decision[] = [];
  const experiments = [...new Set(runs.map((run) => run.experiment))].sort(compareText);
  for (const experiment of experiments) {
    const here = runs.filter((run) => run.experiment === experiment);
    const finished = here.filter((run) => run.kind === 'finished').sort(newestFirst);
    const kept = rules.map((rule) => rule.keep(finished, nowMs));
    for (const run of finished) {
      const reasons = kept.map((of) => of.get(run.runId)).filter((reason) => reason !== undefined);
      if (reasons.length > 0) decisions.push({ run, action: 'keep', reasons });
      else decisions.push({ run, action: 'remove', reasons: rules.map(({ label }) => `not in ${label}`) });
    }
    for (const run of here.filter((each) => each.kind === 'protected').sort(newestFirst)) {
      decisions.push({ run, action: 'keep', reasons: [run.reason] });
    }
  }
  return { decisions, rules: rules.map(({ label }) => label) };
}

export function toRemove(plan: PrunePlan): RemoveDecision[] {
  return plan.decisions.filter((decision): decision is RemoveDecision => decision.action === 'remove');
}

const byNumbers = new Intl.Collator('en', { numeric: true });
const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Newest first; of runs that ended at the same time the higher id (`-10` after `-9`) counts as newer. */
function newestFirst(a: FoundRun, b: FoundRun): number {
  if (a.kind === 'finished' && b.kind === 'finished' && a.endedMs !== b.endedMs) return b.endedMs - a.endedMs;
  return byNumbers.compare(b.runId, a.runId) || compareText(b.runId, a.runId);
}

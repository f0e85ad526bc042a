import {
  compareText,
  laterIdFirst,
  nameOf,
  newestFirst,
  type FinishedRun,
  type FoundRun,
  type HeldRun,
  type UnfinishedRun,
} from '../catalog/run-entry.js';
import { since, type Policy } from './policy.js';

/** What is known of runs besides what they say themselves. */
export interface Knowledge {
  /** Milliseconds since the epoch. */
  nowMs: number;
  /** The last sound run of each experiment, by name. */
  lastSound: ReadonlySet<string>;
  /** Why a run does not count as ingested, by name; empty where nobody asks. */
  notIngested: ReadonlyMap<string, string>;
}

/** A run with all that holds it. */
export interface Judged {
  run: FoundRun;
  /** Why it may not go, whatever the rules and limits say. */
  protection: readonly string[];
  /** The rules that keep it. */
  kept: readonly string[];
}

/** Everything that holds each run: by experiment, the finished ones newest first, then the others. */
export function judge(policy: Policy, runs: readonly FoundRun[], known: Knowledge): Judged[] {
  const kept = keptByRules(policy, runs, known.nowMs);
  return [...runs].sort(inOrder).map((run) => ({
    run,
    protection: protectionOf(run, policy, known),
    kept: kept.get(run) ?? [],
  }));
}

/** What may never go, and why; empty for what may. */
function protectionOf(run: FoundRun, policy: Policy, known: Knowledge): string[] {
  const marked = whyMarked(run, policy);
  if (run.kind === 'finished') return [...whyFinishedStays(run, policy, known), ...marked];
  const { staleAfter } = policy;
  if (!mayBeStale(run) || staleAfter === null) return [run.reason, ...marked];
  if (run.touchedMs >= since(staleAfter, known.nowMs)) {
    return [`${run.reason}, and not ${staleAfter.label} yet`, ...marked];
  }
  return policy.requireIngested ? ['not ingested, as it is not finished', ...marked] : marked;
}

/** A run whose records are complete is none, whoever has locked it and never came back. */
export const mayBeStale = (run: FoundRun): run is UnfinishedRun | HeldRun =>
  run.kind === 'unfinished' || (run.kind === 'held' && run.liveness === 'unknown' && !run.hasManifest);

function whyFinishedStays(
  run: FinishedRun,
  { minAge }: Policy,
  { nowMs, lastSound, notIngested }: Knowledge,
): string[] {
  const reasons: string[] = [];
  if (isFuture(run, nowMs)) reasons.push(`dated in the future, ${new Date(run.endedMs).toISOString()}`);
  if (lastSound.has(nameOf(run))) reasons.push('the last valid run of its experiment');
  if (minAge !== null && run.endedMs > since(minAge, nowMs)) reasons.push(minAge.label);
  const why = notIngested.get(nameOf(run));
  return why === undefined ? reasons : [...reasons, why];
}

/** Pins hold, and so do tags, except those that send a run to the archive. */
function whyMarked({ marks: { pinned, tags } }: FoundRun, { archive }: Policy): string[] {
  const goesToArchive = tags.every((tag) => archive?.tags.includes(tag));
  return [...(pinned ? ['pinned'] : []), ...(goesToArchive ? [] : tags.map((tag) => `tagged ${tag}`))];
}

const isFuture = (run: FinishedRun, nowMs: number): boolean => run.endedMs > nowMs;

/** Reasons of all rules, each asked for the runs of a group; a run dated in the future takes nobody's place. */
function keptByRules(
  { rules, groupBy }: Policy,
  runs: readonly FoundRun[],
  nowMs: number,
): Map<FoundRun, string[]> {
  const groups = new Map<string, FinishedRun[]>();
  for (const run of runs) {
    if (run.kind !== 'finished' || isFuture(run, nowMs)) continue;
    const group = groupOf(run, groupBy);
    const others = groups.get(group);
    if (others === undefined) groups.set(group, [run]);
    else others.push(run);
  }
  const kept = new Map<FoundRun, string[]>();
  for (const group of groups.values()) {
    group.sort(newestFirst);
    for (const rule of rules) {
      for (const [run, reason] of rule.keep(group, nowMs)) kept.set(run, [...(kept.get(run) ?? []), reason]);
    }
  }
  return kept;
}

function groupOf({ experiment, configHash }: FinishedRun, groupBy: Policy['groupBy']): string {
  if (groupBy === 'none') return '';
  return groupBy === 'config' ? String(configHash) : experiment;
}

function inOrder(a: FoundRun, b: FoundRun): number {
  const byExperiment = compareText(a.experiment, b.experiment);
  if (byExperiment !== 0) return byExperiment;
  if (a.kind === 'finished' && b.kind === 'finished') return newestFirst(a, b);
  return Number(b.kind === 'finished') - Number(a.kind === 'finished') || laterIdFirst(a, b);
}

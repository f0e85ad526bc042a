import { bytesOf, newestFirst, type FinishedRun, type FoundRun } from '../catalog/run-entry.js';
import { judge, type Judged, type Knowledge } from './judge.js';
import type { Space } from './limits/limit.js';
import type { Policy } from './policy.js';
import type { TrashEntry } from './trash.js';

export interface KeepDecision {
  run: FoundRun;
  action: 'keep';
  reasons: readonly string[];
}

export interface RemoveDecision {
  run: FoundRun;
  /** `archive`: copied there first. */
  action: 'remove' | 'archive';
  reasons: readonly string[];
}

export type Decision = KeepDecision | RemoveDecision;

export interface PrunePlan {
  /** A decision for every run: by experiment, the finished ones newest first, then the others. */
  decisions: readonly Decision[];
  /** What leaves the trash for good: its time is over, or there has to be room. */
  emptied: readonly TrashEntry[];
  /** The limit that cannot be met, and the bytes that are still too many; null when there is none. */
  shortfall: { limit: string; bytes: number } | null;
}

export interface PlanFacts extends Knowledge {
  runs: readonly FoundRun[];
  trash: readonly TrashEntry[];
  disk: Space['disk'];
}

/**
 * What goes, what stays, and why. Pure, and the order the runs were found in does not matter.
 *
 * A run stays if anything protects it or any rule keeps it. All others go; where the policy has a limit of space,
 * only as many as that takes, the oldest first, and the trash before them.
 */
export function planPrune(policy: Policy, facts: PlanFacts): PrunePlan {
  const judged = judge(policy, facts.runs, facts);
  const stale = judged.filter(({ run, protection }) => run.kind !== 'finished' && protection.length === 0);
  const free = oldestFirst(judged, ({ kept }) => kept.length === 0);
  const limit = tightest(policy, facts);
  if (limit === null) {
    const going = new Set([...stale, ...(policy.rules.length > 0 ? free : [])]);
    const decisions = judged.map((each) => decide(each, going.has(each), policy, null));
    return { decisions, emptied: expired(facts), shortfall: null };
  }
  const emptied = emptyFor(limit.excess, expired(facts), facts.trash);
  const left = limit.excess - bytesOf(emptied) - bytesOf(stale.map(({ run }) => run));
  const forced = policy.forceSize ? oldestFirst(judged, ({ kept }) => kept.length > 0) : [];
  const { taken, missing } = takeFor(left, [...free, ...forced]);
  const going = new Set([...stale, ...taken]);
  const decisions = judged.map((each) => decide(each, going.has(each), policy, limit.label));
  return { decisions, emptied, shortfall: missing > 0 ? { limit: limit.label, bytes: missing } : null };
}

export function toRemove(plan: PrunePlan): RemoveDecision[] {
  return plan.decisions.filter((decision): decision is RemoveDecision => decision.action !== 'keep');
}

/** The limit that takes the most, with the bytes it is exceeded by; null without limits. */
function tightest(
  { limits }: Policy,
  { runs, trash, disk }: PlanFacts,
): { label: string; excess: number } | null {
  const space = { used: bytesOf(runs) + bytesOf(trash), disk };
  const all = limits.map((limit) => ({ label: limit.label, excess: limit.excess(space) }));
  return all.sort((a, b) => b.excess - a.excess)[0] ?? null;
}

/** Finished runs that nothing protects, the oldest first. */
function oldestFirst(judged: readonly Judged[], chosen: (each: Judged) => boolean): Judged[] {
  return judged
    .filter((each) => each.run.kind === 'finished' && each.protection.length === 0 && chosen(each))
    .sort((a, b) => newestFirst(b.run as FinishedRun, a.run as FinishedRun));
}

/** What was promised to stay only until now. */
const expired = ({ trash, nowMs }: PlanFacts): TrashEntry[] =>
  trash.filter(({ keepUntilMs }) => keepUntilMs <= nowMs);

/** What has expired, and of the rest the oldest, until there is room. */
function emptyFor(excess: number, over: readonly TrashEntry[], trash: readonly TrashEntry[]): TrashEntry[] {
  const rest = trash.filter((entry) => !over.includes(entry)).sort((a, b) => a.deletedMs - b.deletedMs);
  const emptied = [...over];
  let left = excess - bytesOf(over);
  for (const entry of rest) {
    if (left <= 0) break;
    emptied.push(entry);
    left -= entry.bytes;
  }
  return emptied;
}

function takeFor(excess: number, judged: readonly Judged[]): { taken: Judged[]; missing: number } {
  const taken: Judged[] = [];
  let left = excess;
  for (const each of judged) {
    if (left <= 0) break;
    taken.push(each);
    left -= each.run.bytes;
  }
  return { taken, missing: left };
}

function decide(judged: Judged, goes: boolean, policy: Policy, limit: string | null): Decision {
  const { run, protection, kept } = judged;
  if (goes) return { run, action: actionFor(run, policy), reasons: whyGone(judged, policy, limit) };
  const reasons = [...protection, ...kept];
  if (reasons.length > 0) return { run, action: 'keep', reasons };
  return {
    run,
    action: 'keep',
    reasons: [limit === null ? 'no rule is about finished runs' : `within ${limit}`],
  };
}

function whyGone({ run, kept }: Judged, { rules, staleAfter }: Policy, limit: string | null): string[] {
  if (run.kind !== 'finished') return [`${(run as { reason: string }).reason}, and ${staleAfter!.label}`];
  const notIn = rules.map(({ label }) => `not in ${label}`);
  if (limit === null) return notIn;
  return [`oldest first for ${limit}`, ...(kept.length > 0 ? [`forced over ${kept.join(', ')}`] : notIn)];
}

function actionFor({ marks }: FoundRun, { archive }: Policy): 'remove' | 'archive' {
  if (archive === null) return 'remove';
  const isMeant = archive.tags.length === 0 || archive.tags.some((tag) => marks.tags.includes(tag));
  return isMeant ? 'archive' : 'remove';
}

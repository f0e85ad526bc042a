import { CaptureError } from '../core/errors.js';
import type { Clock } from '../core/ports.js';
import { applyPrune, findLeftovers, finishLeftovers, type Removal } from './apply.js';
import { findRuns, type Skipped } from './find-runs.js';
import { planPrune, type PrunePlan } from './plan.js';
import { rules as registry } from './rules/index.js';
import type { Rule } from './rules/rule.js';

export type { Removal } from './apply.js';
export type { Decision, PrunePlan } from './plan.js';

export interface PruneSettings {
  results: string;
  /** Values by rule name: `keep-last`, `keep-within`. */
  rules: ReadonlyMap<string, string>;
  /** Really remove; otherwise only the plan is made. */
  remove: boolean;
}

export interface PruneResult {
  plan: PrunePlan;
  /** What lies among the runs and is none. */
  skipped: Skipped[];
  /** Names of trash folders that killed prunes left. */
  leftovers: string[];
  /** One entry for every run of the plan to remove and every leftover; null when nothing was to be removed. */
  removals: Removal[] | null;
}

/**
 * Removes the runs of a results folder that no rule keeps. Never a live or unfinished one:
 * see `planPrune` for the policy and `applyPrune` for the order of removal.
 *
 * @throws CaptureError `usage` without a rule, `input` for a path that is no results folder, `io`
 */
export async function prune({ results, rules, remove }: PruneSettings, clock: Clock): Promise<PruneResult> {
  const parsed = parseRules(rules);
  const { root, runs, skipped } = await findRuns(results);
  const plan = planPrune(runs, parsed, clock.now());
  const trash = await findLeftovers(root);
  for (const { name, owner } of trash) {
    if (owner === 'elsewhere') skipped.push({ path: name, reason: 'trash of a prune on another machine' });
  }
  const gone = trash.filter(({ owner }) => owner === 'gone');
  const leftovers = gone.map(({ name }) => name);
  if (!remove) return { plan, skipped, leftovers, removals: null };
  return {
    plan,
    skipped,
    leftovers,
    removals: [...(await finishLeftovers(gone)), ...(await applyPrune(root, plan))],
  };
}

/** A prune that nothing holds back would remove every run, and nobody wants that by leaving out a flag. */
function parseRules(values: PruneSettings['rules']): Rule[] {
  if (values.size === 0) {
    throw new CaptureError('usage', 'no rule says what to keep', {
      hint: `give at least one of ${registry.names.map((name) => `--${name}`).join(', ')}`,
    });
  }
  return [...values].map(([name, value]) => registry.get(name)(value));
}

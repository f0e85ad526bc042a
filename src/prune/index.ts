import { basename, resolve } from 'node:path';
import { findRuns, type Results, type Skipped } from '../catalog/find-runs.js';
import { lastSoundRuns } from '../catalog/inspect.js';
import { nameOf, type FinishedRun } from '../catalog/run-entry.js';
import { CaptureError } from '../core/errors.js';
import type { Clock } from '../core/ports.js';
import { diskSpace } from '../io/disk-space.js';
import { realPathSoFar } from '../io/real-path.js';
import { applyPrune } from './apply.js';
import { findLeftovers, type Leftovers } from './aside.js';
import { whyNotIndexed } from './ingested.js';
import type { Removal } from './outcome.js';
import { planPrune, toRemove, type PrunePlan } from './plan.js';
import type { Policy } from './policy.js';
import { planSamples } from './rejected-samples.js';
import { findLogs, planLogs, type LogDecision } from './runtime-logs.js';
import { readTrash, type Trash } from './trash.js';

export type { Removal } from './outcome.js';
export type { Decision, PrunePlan } from './plan.js';

/** Everything that a prune would do, with what it is decided from. */
export interface Prune {
  /** The real path of the results folder. */
  root: string;
  policy: Policy;
  nowMs: number;
  plan: PrunePlan;
  logs: readonly LogDecision[];
  /** Runs whose samples of rejected episodes go. */
  samples: readonly FinishedRun[];
  leftovers: Leftovers;
  trash: Trash;
  /** What lies among the runs and is none. */
  skipped: readonly Skipped[];
}

/**
 * Decides what of a results folder goes; changes nothing. See `planPrune` for the policy and `removeRun` for the
 * order of a removal.
 *
 * @throws CaptureError `input` for a path that is no results folder, `io`
 */
export const preparePrune = async (results: string, policy: Policy, clock: Clock): Promise<Prune> =>
  prepareFor(await findRuns(results), policy, clock);

/** The same over runs that have been found already. */
export async function prepareFor(
  { root, runs, skipped }: Results,
  policy: Policy,
  clock: Clock,
): Promise<Prune> {
  await refuseInside(root, policy);
  const nowMs = clock.now();
  const trash = await readTrash(root);
  const leftovers = await findLeftovers(root);
  const finished = runs.filter((run) => run.kind === 'finished');
  const past = finished.filter(({ endedMs }) => endedMs <= nowMs);
  const plan = planPrune(policy, {
    nowMs,
    runs,
    lastSound: await lastSoundRuns(root, past),
    notIngested: policy.requireIngested ? await notIngested(root, finished, policy) : new Map(),
    trash: trash.entries,
    disk: diskSpace(root),
  });
  const { logs } = policy;
  return {
    root,
    policy,
    nowMs,
    plan,
    logs: logs === null ? [] : planLogs(await findLogs(logs.folder), logs, nowMs),
    samples: planSamples(
      root,
      plan.decisions.filter(({ action }) => action === 'keep').map(({ run }) => run),
      policy,
      nowMs,
    ),
    leftovers,
    trash,
    skipped: [
      ...skipped,
      ...trash.strange,
      ...leftovers.elsewhere.map((path) => ({
        path: basename(path),
        reason: 'being deleted by a prune on another machine',
      })),
    ],
  };
}

async function notIngested(
  root: string,
  runs: readonly FinishedRun[],
  { dataset }: Policy,
): Promise<Map<string, string>> {
  const reasons = new Map<string, string>();
  for (const run of runs) {
    // nobody wants it in a dataset
    if (run.marks.verdict === 'rejected') continue;
    const why = await whyNotIndexed(root, run, dataset);
    if (why !== null) reasons.set(nameOf(run), why);
  }
  return reasons;
}

/** What is put aside for good must not lie where it would be pruned; nor must runs lie among runtime logs. */
async function refuseInside(root: string, { archive, logs, dataset }: Policy): Promise<void> {
  const where = async (folder: string | null | undefined): Promise<string | null> =>
    typeof folder === 'string' ? realPathSoFar(resolve(folder)) : null;
  const real = {
    'the results folder': root,
    '--archive': await where(archive?.folder),
    '--dataset': await where(dataset),
    '--runtime-logs': await where(logs?.folder),
  };
  for (const [inner, outer] of [
    ['--archive', 'the results folder'],
    ['--runtime-logs', 'the results folder'],
    ['the results folder', '--runtime-logs'],
    ['--archive', '--runtime-logs'],
    ['--dataset', '--runtime-logs'],
  ] as const) {
    const [within, path] = [real[inner], real[outer]];
    if (within === null || path === null || !`${within}/`.startsWith(path === '/' ? path : `${path}/`))
      continue;
    throw new CaptureError('usage', `${inner} ${within} lies in ${outer} ${path}`, {
      hint: 'choose a folder outside',
    });
  }
}

/** What to do where a prune would be more than `max-delete`. */
export const OVER_MAX_DELETE = 'look at it with --dry-run; when it is what you want, raise --max-delete';

/**
 * Does what was prepared.
 * @throws CaptureError `input` when it would be more than the policy's `max-delete`; nothing is removed then
 */
export async function doPrune(prune: Prune): Promise<Removal[]> {
  const over = overMaxDelete(prune);
  if (over === null) return applyPrune(prune);
  throw new CaptureError('input', over, { hint: OVER_MAX_DELETE });
}

/** Why nothing will be removed, when it would be more than the policy's `max-delete`. */
export function overMaxDelete({ policy: { maxDelete }, plan }: Prune): string | null {
  const going = toRemove(plan).length;
  const all = plan.decisions.length;
  if (maxDelete === null || going <= maxDelete.most(all)) return null;
  return `${going} of ${all} runs would go, more than ${maxDelete.label}: nothing was removed`;
}

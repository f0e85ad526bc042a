import { appendFile, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CaptureError } from '../../core/errors.js';
import { writeFileAtomic } from '../../io/atomic.js';
import { systemClock } from '../../io/clock.js';
import { ioError } from '../../io/io-error.js';
import { realPathSoFar } from '../../io/real-path.js';
import {
  doPrune,
  OVER_MAX_DELETE,
  overMaxDelete,
  preparePrune,
  type Prune,
  type Removal,
} from '../../prune/index.js';
import { parsePlanFile, planFile, restrictTo } from '../../prune/plan-file.js';
import type { CheckedSettings, PolicySettings } from '../../prune/policy-schema.js';
import { readPolicy } from '../../prune/policy.js';
import { EXIT } from '../exit-codes.js';
import { told, unread } from '../skipped-text.js';
import { policyOf } from '../prune-policy.js';
import { decisionLines } from '../prune-log.js';
import { hasWork, pruneDocument, planText, removalText, summaryText } from '../prune-text.js';
import { jsonText, printable, type Output } from '../ui.js';

export interface PruneOptions {
  policy?: string;
  keepLast?: string;
  keepHourly?: string;
  keepDaily?: string;
  keepWeekly?: string;
  keepMonthly?: string;
  keepYearly?: string;
  keepWithin?: string;
  keepTag?: string[];
  groupBy?: 'experiment' | 'config' | 'none';
  maxSize?: string;
  keepFree?: string;
  forceSize?: boolean;
  minAge?: string;
  staleAfter?: string;
  requireIngested?: boolean;
  dataset?: string;
  maxDelete?: string;
  keepTrash?: string;
  archive?: string;
  archiveTag?: string[];
  runtimeLogs?: string;
  logsMaxAge?: string;
  logsMaxSize?: string;
  rejectedMaxAge?: string;
  yes?: boolean;
  dryRun?: boolean;
  plan?: string;
  apply?: string;
  log?: string;
  quiet?: boolean;
  json?: boolean;
}

/** `plume-nav-capture prune`: removes the runs nothing keeps; only with --yes or --apply. */
export async function run(results: string | undefined, options: PruneOptions, io: Output): Promise<number> {
  const { prune, kept, settings } = await prepare(results, options);
  const { policy: _, yes, dryRun, plan, apply, log, quiet, json } = options;
  if (log !== undefined) await requireApart(log, settings.runtime_logs);
  const really = (yes === true || apply !== undefined) && dryRun !== true && plan === undefined;
  if (plan !== undefined) await writeFileAtomic(plan, jsonText(planFile(prune, settings)));
  const over = overMaxDelete(prune);
  if (quiet !== true && json !== true) io.stdout(planText(prune));
  // before anything is removed: what cannot be logged is not done
  if (log !== undefined) await appendLog(log, '');
  const removals = really && over === null ? [...kept, ...(await doPrune(prune))] : null;
  if (log !== undefined) await appendLog(log, decisionLines(prune, removals));
  if (json === true) io.stdout(jsonText(pruneDocument(prune, removals)));
  const say = (text: string): void => (json === true ? io.stderr(text) : io.stdout(text));
  if (quiet !== true) {
    const { keepTrash, limits } = prune.policy;
    if (keepTrash !== null && limits.length > 0) {
      io.stderr(
        `${keepTrash.label} has no effect beside ${limits[0]!.label}: what goes is deleted for good\n`,
      );
    }
  }
  const code = told(quiet === true ? unread(prune.skipped) : prune.skipped, io);
  if (removals === null) {
    if (plan !== undefined && quiet !== true) say(`plan written to ${printable(plan)}\n`);
    // who has forgotten --yes in a crontab is told so
    const isAsked = dryRun === true || plan !== undefined || over !== null;
    if (quiet !== true || (!isAsked && hasWork(prune))) {
      say(summaryText(prune, over === null ? whyNothing(options) : 'too many'));
    }
  } else {
    say(removalText(prune, removals, quiet === true));
  }
  return Math.max(code, conclude(prune, removals, over, io));
}

async function prepare(
  results: string | undefined,
  options: PruneOptions,
): Promise<{ prune: Prune; kept: Removal[]; settings: CheckedSettings }> {
  if (options.apply !== undefined) return prepareFromPlan(results, options, options.apply);
  if (results === undefined) {
    throw new CaptureError('usage', 'which results?', {
      hint: 'give their folder: plume-nav-capture prune results',
    });
  }
  const { settings, policy } = policyOf(options.policy, flagsOf(options));
  const prune = await preparePrune(results, policy, systemClock);
  return { prune, kept: [], settings };
}

async function prepareFromPlan(results: string | undefined, options: PruneOptions, path: string) {
  const [flag] = [...Object.entries(flagsOf(options)), ['policy', options.policy], ['plan', options.plan]]
    .filter(([, value]) => value !== undefined)
    .map(([key]) => `--${String(key).replaceAll('_', '-')}`);
  if (flag !== undefined) {
    throw new CaptureError('usage', `${flag} does not go with --apply: the plan says what is done`);
  }
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw ioError(`cannot read ${path}`, error);
    throw new CaptureError('input', `there is no plan ${path}`, {
      hint: 'make one with plume-nav-capture prune results … --plan FILE',
    });
  }
  const file = parsePlanFile(text, path);
  const fresh = await preparePrune(results ?? file.results, readPolicy(file.policy), systemClock);
  if (fresh.root !== file.results) {
    throw new CaptureError('usage', `${path} is a plan for ${file.results}, not for ${fresh.root}`);
  }
  return { ...restrictTo(fresh, file), settings: file.policy };
}

/** The flags that belong to a policy, as its keys. */
function flagsOf(options: PruneOptions): PolicySettings {
  return {
    keep_last: options.keepLast,
    keep_hourly: options.keepHourly,
    keep_daily: options.keepDaily,
    keep_weekly: options.keepWeekly,
    keep_monthly: options.keepMonthly,
    keep_yearly: options.keepYearly,
    keep_within: options.keepWithin,
    keep_tag: options.keepTag,
    group_by: options.groupBy,
    max_size: options.maxSize,
    keep_free: options.keepFree,
    force_size: options.forceSize,
    min_age: options.minAge,
    stale_after: options.staleAfter,
    require_ingested: options.requireIngested,
    dataset: options.dataset,
    max_delete: options.maxDelete,
    keep_trash: options.keepTrash,
    archive: options.archive,
    archive_tag: options.archiveTag,
    runtime_logs: options.runtimeLogs,
    logs_max_age: options.logsMaxAge,
    logs_max_size: options.logsMaxSize,
    rejected_max_age: options.rejectedMaxAge,
  };
}

function whyNothing({ dryRun, plan }: PruneOptions): string {
  if (dryRun === true) return 'a dry run';
  return plan === undefined ? 'add --yes to remove' : 'add --apply with the plan to remove';
}

/** A log that is pruned with the others is none. */
async function requireApart(log: string, runtimeLogs: string | undefined): Promise<void> {
  if (runtimeLogs === undefined) return;
  const [file, folder] = await Promise.all([log, runtimeLogs].map((path) => realPathSoFar(resolve(path))));
  if (!file!.startsWith(`${folder}/`)) return;
  throw new CaptureError('usage', `--log ${log} lies among the --runtime-logs, which are pruned`, {
    hint: 'choose a file outside',
  });
}

async function appendLog(path: string, lines: string): Promise<void> {
  try {
    await appendFile(path, lines);
  } catch (error) {
    throw ioError(`cannot write ${path}`, error);
  }
}

function conclude(
  prune: Prune,
  removals: readonly Removal[] | null,
  over: string | null,
  io: Output,
): number {
  if (over !== null) {
    io.stderr(`${over} (${OVER_MAX_DELETE})\n`);
    return EXIT.findings;
  }
  const stayed = (removals ?? []).filter(({ outcome }) => outcome === 'kept' || outcome === 'failed');
  for (const { path, reason } of stayed) io.stderr(`not removed: ${printable(`${path}: ${reason}`)}\n`);
  if (removals !== null && stayed.length > 0 && removals.every(({ outcome }) => outcome === 'failed')) {
    throw new CaptureError('io', 'nothing of what was to go could be removed', {
      hint: 'check the permissions of the results folder',
    });
  }
  const { shortfall } = prune.plan;
  return stayed.length > 0 || (removals !== null && shortfall !== null) ? EXIT.partial : EXIT.done;
}

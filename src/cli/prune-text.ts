import { bytesOf, nameOf, type FoundRun } from '../catalog/run-entry.js';
import type { Decision, Prune, Removal } from '../prune/index.js';
import { isTaken } from '../prune/outcome.js';
import { trashPath } from '../prune/trash.js';
import { formatBytes, plural, printable } from './ui.js';

/** The plan as a table: by experiment, a line each run with what is done to it and why. */
export function planText({ plan, logs, samples }: Prune): string {
  const width = plan.decisions.reduce((widest, { run }) => Math.max(widest, run.runId.length), 0);
  const lines: string[] = [];
  let experiment = '';
  for (const { run, action, reasons } of plan.decisions) {
    if (run.experiment !== experiment) lines.push(`${run.experiment}:`);
    ({ experiment } = run);
    const ended = run.kind === 'finished' ? `${iso(run.endedMs).slice(0, 16)}Z` : run.kind;
    lines.push(
      `  ${action.padEnd(7)}  ${run.runId.padEnd(width)}  ${ended.padEnd(17)}  ${formatBytes(run.bytes).padStart(8)}  ${printable(reasons.join(', '))}`,
    );
  }
  for (const { id, bytes } of plan.emptied) lines.push(`  empty    .trash/${id}  ${formatBytes(bytes)}`);
  for (const run of samples) lines.push(`  remove   rejected samples of ${nameOf(run)}`);
  for (const { path, bytes, reason } of logs) {
    lines.push(`  remove   log ${printable(path)}  ${formatBytes(bytes)}  ${reason}`);
  }
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

const iso = (epochMs: number): string => new Date(epochMs).toISOString();

function totals({ plan, logs, samples, leftovers }: Prune): string {
  const of = (action: Decision['action']): string => {
    const runs = plan.decisions.filter((decision) => decision.action === action).map(({ run }) => run);
    return `${plural(runs.length, 'run')} (${formatBytes(bytesOf(runs))})`;
  };
  const archived = plan.decisions.some(({ action }) => action === 'archive');
  return [
    `${of('remove')} to remove`,
    ...(archived ? [`${of('archive')} to archive`] : []),
    `${of('keep')} to keep`,
    ...more(plan.emptied.length, `to empty from the trash (${formatBytes(bytesOf(plan.emptied))})`),
    ...more(samples.length, 'to lose its rejected samples'),
    ...(logs.length > 0 ? [`${plural(logs.length, 'log')} (${formatBytes(bytesOf(logs))}) to remove`] : []),
    ...(leftovers.gone.length > 0
      ? [`${plural(leftovers.gone.length, 'leftover')} of a prune that was killed to clear away`]
      : []),
  ].join(', ');
}

const more = (count: number, what: string): string[] =>
  count > 0 ? [`${plural(count, 'run')} ${what}`] : [];

/** The last line of a prune that removed nothing. */
export function summaryText(prune: Prune, why: string): string {
  return `${totals(prune)}${hasWork(prune) ? `; nothing was removed: ${why}` : ''}\n${shortfallText(prune)}`;
}

/** Whether there is anything to remove. */
export function hasWork({ plan, logs, samples, leftovers }: Prune): boolean {
  const goes = plan.decisions.some(({ action }) => action !== 'keep');
  return goes || [plan.emptied, logs, samples, leftovers.gone].some(({ length }) => length > 0);
}

function shortfallText({ plan: { shortfall } }: Prune): string {
  if (shortfall === null) return '';
  return `${shortfall.limit} cannot be reached: ${formatBytes(shortfall.bytes)} more would have to go, and everything else is kept\n`;
}

/** What was removed, a line each when the plan was not printed; `''` when there was nothing to do. */
export function removalText(prune: Prune, removals: readonly Removal[], quiet: boolean): string {
  const done = removals.filter(isTaken);
  const short = shortfallText(prune);
  if (quiet && done.length === 0) return short;
  const lines = quiet ? done.map(({ path, outcome }) => `${outcome} ${printable(path)}\n`) : [];
  const runs = new Map(prune.plan.decisions.map(({ run }) => [nameOf(run), run]));
  const entries = new Map(prune.plan.emptied.map((entry) => [trashPath(entry.id), entry]));
  const gone = done.flatMap(({ path }) => runs.get(path) ?? []);
  const emptied = done.flatMap(({ path }) => entries.get(path) ?? []);
  const others = done.length - gone.length - emptied.length;
  const { keepTrash, limits } = prune.policy;
  const where = keepTrash !== null && limits.length === 0 ? 'in the trash' : 'freed';
  const parts = [
    `removed ${plural(gone.length, 'run')}${others > 0 ? ` and ${plural(others, 'other item')}` : ''}`,
    ...(gone.length > 0 ? [`${formatBytes(bytesOf(gone))} ${where}`] : []),
    ...(emptied.length > 0
      ? [`emptied ${plural(emptied.length, 'run')} from the trash`, `${formatBytes(bytesOf(emptied))} freed`]
      : []),
  ];
  return `${lines.join('')}${parts.join(', ')}\n${short}`;
}

/** The whole plan, and what came of it, for a program. */
export function pruneDocument(prune: Prune, removals: readonly Removal[] | null): unknown {
  const { plan, policy } = prune;
  const runs = (action: Decision['action']): unknown[] =>
    plan.decisions
      .filter((decision) => decision.action === action)
      .map(({ run, reasons }) => ({ ...describe(run), reasons }));
  return {
    results: prune.root,
    rules: [...policy.rules, ...policy.limits].map(({ label }) => label),
    keep: runs('keep'),
    remove: runs('remove'),
    archive: runs('archive'),
    empty_trash: plan.emptied.map(({ id }) => id),
    logs: prune.logs.map(({ path, bytes, reason }) => ({ path, bytes, reason })),
    rejected_samples: prune.samples.map(nameOf),
    shortfall: plan.shortfall,
    skipped: prune.skipped,
    leftovers: prune.leftovers.gone,
    removals,
  };
}

export function describe(run: FoundRun) {
  return {
    path: nameOf(run),
    experiment: run.experiment,
    run_id: run.runId,
    state: run.kind,
    ended_at: run.kind === 'finished' ? iso(run.endedMs) : null,
    bytes: run.bytes,
  };
}

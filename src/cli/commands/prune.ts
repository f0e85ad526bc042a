import { CaptureError } from '../../core/errors.js';
import { systemClock } from '../../io/clock.js';
import { prune, type Decision, type PruneResult, type Removal } from '../../prune/index.js';
import { EXIT } from '../exit-codes.js';
import { formatBytes, jsonText, plural, printable, type Output } from '../ui.js';

export interface PruneOptions {
  keepLast?: string;
  keepWithin?: string;
  yes?: boolean;
  dryRun?: boolean;
  json?: boolean;
}

/** `plume-nav-capture prune`: removes the runs no rule keeps; only with --yes. */
export async function run(results: string, options: PruneOptions, io: Output): Promise<number> {
  const { keepLast, keepWithin, yes, dryRun, json } = options;
  const rules = new Map<string, string>();
  if (keepLast !== undefined) rules.set('keep-last', keepLast);
  if (keepWithin !== undefined) rules.set('keep-within', keepWithin);
  const result = await prune({ results, rules, remove: yes === true && dryRun !== true }, systemClock);
  if (json === true) io.stdout(jsonText(document(results, result)));
  else io.stdout(planText(result));
  for (const { path, reason } of result.skipped) io.stderr(`skipped ${printable(`${path}: ${reason}`)}\n`);
  return conclude(result, options, io);
}

function conclude(result: PruneResult, { json, dryRun }: PruneOptions, io: Output): number {
  const { plan, removals, leftovers } = result;
  const say = (text: string): void => (json === true ? io.stderr(text) : io.stdout(text));
  if (removals === null) {
    const count = plan.decisions.filter(({ action }) => action === 'remove').length;
    for (const name of leftovers) say(`${name} is left of a prune that was killed\n`);
    const todo = count > 0 || leftovers.length > 0;
    const how = todo ? `; nothing was removed: ${dryRun === true ? 'a dry run' : 'add --yes to remove'}` : '';
    say(`${plural(count, 'run')} to remove${how}\n`);
    return EXIT.done;
  }
  for (const { path, outcome, reason } of removals) {
    if (outcome === 'kept' || outcome === 'failed')
      io.stderr(`not removed: ${printable(`${path}: ${reason}`)}\n`);
  }
  const removed = removals.filter(({ outcome }) => outcome === 'removed').length;
  say(
    `removed ${plural(removed - finished(removals, leftovers), 'run')}${leftoverText(removals, leftovers)}\n`,
  );
  return exitCode(removals);
}

const finished = (removals: readonly Removal[], leftovers: readonly string[]): number =>
  removals.filter(({ path, outcome }) => outcome === 'removed' && leftovers.includes(path)).length;

function leftoverText(removals: readonly Removal[], leftovers: readonly string[]): string {
  const count = finished(removals, leftovers);
  return count === 0 ? '' : ` and ${plural(count, 'leftover')} of a prune that was killed`;
}

/** Partly done when something stayed that was to go; an I/O error when nothing went at all. */
function exitCode(removals: readonly Removal[]): number {
  const stayed = removals.filter(({ outcome }) => outcome === 'kept' || outcome === 'failed');
  if (stayed.length === 0) return EXIT.done;
  const allFailed = removals.every(({ outcome }) => outcome === 'failed');
  if (!allFailed) return EXIT.partial;
  throw new CaptureError('io', `none of ${plural(removals.length, 'run')} could be removed`, {
    hint: 'check the permissions of the results folder',
  });
}

function planText({ plan }: PruneResult): string {
  const width = Math.max(0, ...plan.decisions.map(({ run: { runId } }) => runId.length));
  const lines: string[] = [];
  let experiment = '';
  for (const { run: found, action, reasons } of plan.decisions) {
    if (found.experiment !== experiment) lines.push(`${found.experiment}:`);
    ({ experiment } = found);
    const bytes = found.kind === 'finished' && found.bytes !== null ? formatBytes(found.bytes) : '';
    lines.push(
      `  ${action.padEnd(6)}  ${found.runId.padEnd(width)}  ${bytes.padStart(8)}  ${printable(reasons.join(', '))}`,
    );
  }
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

function document(results: string, { plan, skipped, leftovers, removals }: PruneResult): unknown {
  const runs = (action: Decision['action']): unknown[] =>
    plan.decisions
      .filter((decision) => decision.action === action)
      .map(({ run: found, reasons }) => ({
        path: `${found.experiment}/${found.runId}`,
        experiment: found.experiment,
        run_id: found.runId,
        ended_at: found.kind === 'finished' ? new Date(found.endedMs).toISOString() : null,
        bytes: found.kind === 'finished' ? found.bytes : null,
        reasons,
      }));
  return {
    results,
    rules: plan.rules,
    keep: runs('keep'),
    remove: runs('remove'),
    skipped,
    leftovers,
    removals,
  };
}

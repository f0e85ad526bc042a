import type { FoundRun } from '../catalog/run-entry.js';
import { stateOf, STATES, type State } from '../catalog/state.js';
import { shellWord } from './shell-word.js';
import { table } from './table.js';
import { formatBytes, formatCount, formatShare, plural, printable } from './ui.js';

interface Amount {
  runs: number;
  bytes: number;
}

/** How things are with a results folder. */
export interface Status {
  results: string;
  /** ISO 8601 UTC. */
  at: string;
  /** Bytes. */
  disk: { total: number; free: number };
  total: Amount;
  states: Record<State, Amount>;
  pinned: Amount;
  experiments: Record<string, Amount & { pending: number }>;
  trash: Amount;
  /** What a prune by this policy would remove now. */
  prunable: Amount & {
    policy: string;
    /** Why it would remove nothing all the same; null when nothing stops it. */
    stopped: string | null;
  };
  /** Folders among the runs that are none. */
  skipped: number;
  /** Thresholds that are crossed, as sentences. */
  alerts: string[];
}

export function countRuns(
  runs: readonly FoundRun[],
): Pick<Status, 'total' | 'states' | 'pinned' | 'experiments'> {
  const none = (): Amount => ({ runs: 0, bytes: 0 });
  const add = (to: Amount, { bytes }: FoundRun): void => {
    to.runs++;
    to.bytes += bytes;
  };
  const states = Object.fromEntries(STATES.map((state) => [state, none()])) as Status['states'];
  const [total, pinned] = [none(), none()];
  const experiments = new Map<string, Amount & { pending: number }>();
  for (const run of runs) {
    const state = stateOf(run);
    const experiment = experiments.get(run.experiment) ?? { ...none(), pending: 0 };
    experiments.set(run.experiment, experiment);
    if (state === 'pending') experiment.pending++;
    if (run.marks.pinned) add(pinned, run);
    for (const to of [total, states[state], experiment]) add(to, run);
  }
  return { total, states, pinned, experiments: Object.fromEntries(experiments) };
}

export interface StatusLimits {
  /** Share of the disk. */
  minFree: number;
  maxBytes: number;
}

export function alertsOf(
  { disk, total, trash, results, prunable }: Status,
  { minFree, maxBytes }: StatusLimits,
): string[] {
  const alerts: string[] = [];
  const share = disk.total === 0 ? 1 : disk.free / disk.total;
  if (share < minFree) {
    alerts.push(
      `disk space low: ${formatShare(share)} free (${formatBytes(disk.free)}), less than ${formatShare(minFree)}: plume-nav-capture prune ${shellWord(results)} --policy space --dry-run says what could go`,
    );
  }
  const used = total.bytes + trash.bytes;
  if (used > maxBytes) {
    alerts.push(
      `results large: ${formatBytes(used)}, more than ${formatBytes(maxBytes)}: plume-nav-capture prune ${shellWord(results)} --policy ${shellWord(prunable.policy)} --dry-run says what could go`,
    );
  }
  return alerts;
}

export function statusText(status: Status): string {
  const { disk, total, states, pinned, experiments, trash, prunable, alerts } = status;
  const amount = ({ runs, bytes }: Amount): string => `${plural(runs, 'run')}, ${formatBytes(bytes)}`;
  const lines = [
    [
      'disk',
      `${formatBytes(disk.free)} free of ${formatBytes(disk.total)} (${formatShare(disk.free / disk.total)})`,
    ],
    ['results', amount(total)],
    ...STATES.filter((state) => states[state].runs > 0).map((state) => [`  ${state}`, amount(states[state])]),
    ['pinned', amount(pinned)],
    ['trash', amount(trash)],
    ['to prune', `${amount(prunable)}, by policy ${prunable.policy}`],
    ...(prunable.stopped === null ? [] : [['', prunable.stopped]]),
  ].map(([name, value]) => `${name!.padEnd(14)}${printable(value!)}\n`);
  const rows = Object.entries(experiments).map(([name, { runs, bytes, pending }]) => [
    name,
    formatCount(runs),
    formatCount(pending),
    formatBytes(bytes),
  ]);
  const names = table(['experiment', 'runs', 'pending', 'size'], rows, {
    toTheRight: (name) => name !== 'experiment',
    width: null,
  });
  const said = alerts.map((alert) => `alert: ${printable(alert)}\n`);
  return [...lines, rows.length > 0 ? `\n${names}` : '', ...(said.length > 0 ? ['\n', ...said] : [])].join(
    '',
  );
}

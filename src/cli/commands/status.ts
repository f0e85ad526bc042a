import { findRuns } from '../../catalog/find-runs.js';
import { bytesOf } from '../../catalog/run-entry.js';
import { parseByteSize, parsePercent } from '../../core/byte-size.js';
import { CaptureError } from '../../core/errors.js';
import { writeFileAtomic } from '../../io/atomic.js';
import { systemClock } from '../../io/clock.js';
import { diskSpace } from '../../io/disk-space.js';
import { overMaxDelete, prepareFor } from '../../prune/index.js';
import { toRemove } from '../../prune/plan.js';
import { EXIT } from '../exit-codes.js';
import { unread } from '../skipped-text.js';
import { prometheusText } from '../prometheus-text.js';
import { policyOf } from '../prune-policy.js';
import { alertsOf, countRuns, statusText, type Status } from '../status-report.js';
import { jsonText, type Output } from '../ui.js';

export interface StatusOptions {
  minFree?: string;
  maxSize?: string;
  policy?: string;
  prometheus?: string;
  json?: boolean;
}

/** The same as `storage.disk_free_threshold` and `storage.max_gb` have where nothing is said. */
const MIN_FREE = '20%';
const MAX_SIZE = '300GB';
const POLICY = 'nightly';

/** `plume-nav-capture status`: how full the disk is, what lies in the results, and what is to be done about it. */
export async function run(results: string, options: StatusOptions, io: Output): Promise<number> {
  const limits = { minFree: minFreeOf(options.minFree ?? MIN_FREE), maxBytes: maxOf(options.maxSize) };
  const { policy } = policyOf(options.policy ?? POLICY, {});
  const found = await findRuns(results);
  const { root, runs, skipped } = found;
  const prune = await prepareFor(found, policy, systemClock);
  const { plan, trash } = prune;
  const status: Status = {
    results: root,
    at: new Date(systemClock.now()).toISOString(),
    disk: diskSpace(root),
    ...countRuns(runs),
    trash: sizeOf(trash.entries),
    prunable: {
      policy: options.policy ?? POLICY,
      ...sizeOf(toRemove(plan).map((decision) => decision.run)),
      stopped: overMaxDelete(prune),
    },
    skipped: skipped.length,
    alerts: [],
  };
  status.alerts = [...alertsOf(status, limits), ...unread(skipped).map(({ reason }) => reason)];
  if (options.prometheus !== undefined) await writeFileAtomic(options.prometheus, prometheusText(status));
  io.stdout(options.json === true ? jsonText(status) : statusText(status));
  return status.alerts.length > 0 ? EXIT.findings : EXIT.done;
}

const sizeOf = (items: readonly { bytes: number }[]): { runs: number; bytes: number } => ({
  runs: items.length,
  bytes: bytesOf(items),
});

function minFreeOf(text: string): number {
  const share = parsePercent(text);
  if (share !== null) return share;
  throw new CaptureError('usage', `--min-free '${text}' is not a share of the disk`, { hint: 'write 20%' });
}

const maxOf = (text = MAX_SIZE): number => parseByteSize('--max-size', text);

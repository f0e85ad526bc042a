import { partsOf } from '../../catalog/locate.js';
import { requireResults } from '../../catalog/find-runs.js';
import { nameOf } from '../../catalog/run-entry.js';
import { CaptureError } from '../../core/errors.js';
import { suggest } from '../../core/nearest.js';
import { readTrash, undelete } from '../../prune/trash.js';
import { EXIT } from '../exit-codes.js';
import { told } from '../skipped-text.js';
import { formatBytes, plural, printable, type Output } from '../ui.js';

/** `plume-nav-capture undelete`: brings back runs that a prune has put into the trash. */
export async function run(
  paths: readonly string[],
  { list: results }: { list?: string },
  io: Output,
): Promise<number> {
  if (results !== undefined) return list(results, io);
  if (paths.length === 0) {
    throw new CaptureError('usage', 'which runs?', {
      hint: 'plume-nav-capture undelete --list results says which lie in the trash',
    });
  }
  for (const path of paths) {
    const wanted = partsOf(path);
    const root = await requireResults(wanted.root);
    const { entries, strange } = await readTrash(root);
    // of several with one name the one that was removed last
    const entry = entries
      .filter((each) => nameOf(each) === nameOf(wanted))
      .sort((a, b) => b.deletedMs - a.deletedMs)[0];
    if (entry === undefined) {
      const hint =
        strange.length > 0
          ? strange.map(({ path: at, reason }) => `${at}: ${reason}`).join('; ')
          : entries.length === 0
            ? 'the trash is empty'
            : suggest(nameOf(wanted), entries.map(nameOf));
      throw new CaptureError('input', `${nameOf(wanted)} is not in the trash of ${root}`, { hint });
    }
    io.stdout(`brought back ${printable(await undelete(root, entry))}\n`);
  }
  return EXIT.done;
}

/** What lies in the trash. */
async function list(results: string, io: Output): Promise<number> {
  const { entries, strange } = await readTrash(await requireResults(results));
  for (const { experiment, runId, deletedMs, keepUntilMs, bytes, reasons } of entries) {
    const [deleted, until] = [deletedMs, keepUntilMs].map((ms) => new Date(ms).toISOString().slice(0, 16));
    io.stdout(
      `${experiment}/${runId}  ${formatBytes(bytes)}  removed ${deleted}Z  kept until ${until}Z  ${printable(reasons.join(', '))}\n`,
    );
  }
  io.stderr(`${plural(entries.length, 'run')} in the trash\n`);
  return told(strange, io);
}

import { locateRun, type Located } from '../../catalog/locate.js';
import { glanceAt } from '../../catalog/glance.js';
import {
  clearMark,
  marksOf,
  readMark,
  requireTag,
  setMark,
  type MarkDetails,
  type MarkName,
} from '../../catalog/marks.js';
import { nameOf } from '../../catalog/run-entry.js';
import { CaptureError } from '../../core/errors.js';
import { systemClock } from '../../io/clock.js';
import { EXIT } from '../exit-codes.js';
import { requireReason } from '../reason.js';
import { printable, type Output } from '../ui.js';

const now = (): string => new Date(systemClock.now()).toISOString();

/** `plume-nav-capture pin`: no prune removes these runs. */
export async function pin(paths: readonly string[], io: Output): Promise<number> {
  for (const run of await located(paths)) {
    await setMark(run.root, run, 'pinned', { at: now() });
    io.stdout(`pinned ${nameOf(run)}\n`);
  }
  return EXIT.done;
}

/** `plume-nav-capture unpin`. */
export async function unpin(paths: readonly string[], io: Output): Promise<number> {
  for (const run of await located(paths)) {
    const had = await clearMark(run.root, run, 'pinned');
    io.stdout(`${had ? 'unpinned' : 'was not pinned:'} ${nameOf(run)}\n`);
  }
  return EXIT.done;
}

/** `plume-nav-capture tag`: puts tags on a run, or takes them off. */
export async function tag(
  path: string,
  tags: readonly string[],
  { remove }: { remove?: boolean },
  io: Output,
): Promise<number> {
  const marks = tags.map((each): MarkName => `tag=${requireTag(each)}`);
  const run = await locateRun(path);
  const has = remove === true ? await marksOf(run.root, run) : marks;
  const missing = tags.find((_, i) => !has.includes(marks[i]!));
  if (missing !== undefined) {
    throw new CaptureError('input', `${nameOf(run)} has no tag '${missing}'`, {
      hint: `plume-nav-capture show ${path} says which it has`,
    });
  }
  for (const mark of marks) {
    if (remove === true) await clearMark(run.root, run, mark);
    else await setMark(run.root, run, mark, { at: now() });
  }
  io.stdout(`${remove === true ? 'untagged' : 'tagged'} ${nameOf(run)}: ${tags.join(', ')}\n`);
  return EXIT.done;
}

/** `plume-nav-capture accept`, `reject`: settles a pending run; the other verdict is taken back. */
export async function judge(
  paths: readonly string[],
  verdict: 'accepted' | 'rejected',
  reason: string | undefined,
  io: Output,
): Promise<number> {
  if (reason !== undefined) requireReason(reason, 'say in a few words what is right or wrong with it');
  const runs = await located(paths);
  const digests = await Promise.all(runs.map(finishedDigest));
  for (const [i, run] of runs.entries()) {
    const other = verdict === 'accepted' ? 'rejected' : 'accepted';
    const before = await readMark(run.root, run, other);
    await setMark(run.root, run, verdict, { at: now(), reason, manifest_digest: digests[i]! });
    await clearMark(run.root, run, other);
    const why = reason === undefined ? '' : `: ${printable(reason)}`;
    const was = before === null ? '' : ` (it was ${other}${withReason(before)})`;
    io.stdout(`${verdict} ${nameOf(run)}${why}${was}\n`);
  }
  return EXIT.done;
}

const withReason = ({ reason }: MarkDetails): string =>
  reason === undefined ? '' : `: ${printable(reason)}`;

/** All of them are runs, or nothing is done to any. */
const located = (paths: readonly string[]): Promise<Located[]> => Promise.all(paths.map(locateRun));

async function finishedDigest(run: Located): Promise<string> {
  const found = await glanceAt(run.root, run);
  if (found?.kind === 'finished') return found.manifestDigest;
  throw new CaptureError('input', `${nameOf(run)} is not finished, so there is nothing to judge`, {
    hint: found === null ? 'it is gone' : found.reason,
  });
}

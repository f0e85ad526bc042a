import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { glanceAt } from '../catalog/glance.js';
import type { MarksReader } from '../catalog/marks-reader.js';
import type { FoundRun } from '../catalog/run-entry.js';
import { MANIFEST_FILE } from '../core/layout.js';
import { ioError } from '../io/io-error.js';
import { statsOf } from '../io/stats-of.js';
import { mayBeStale } from './judge.js';
import type { Ended } from './outcome.js';
import { since, type Policy } from './policy.js';

export interface LookAgainPorts {
  root: string;
  policy: Policy;
  nowMs: number;
  /** Of now, not of when the plan was made. */
  marks: MarksReader;
}

/**
 * Why a run is not to be removed after all; null when it is still what the plan was made for.
 * @param isOurs this process holds it
 */
export async function whyKept(
  run: FoundRun,
  { root, policy, marks, nowMs }: LookAgainPorts,
  { isOurs }: { isOurs: boolean },
): Promise<Ended | null> {
  const top = await statsOf(root);
  for (const part of [run.experiment, join(run.experiment, run.runId)]) {
    const stats = await statsOf(join(root, part));
    if (stats === null) return { outcome: 'gone', reason: null };
    if (!stats.isDirectory()) return kept(`${part} is no longer a directory`);
    if (stats.dev !== top?.dev) return kept(`${part} is on another file system`);
  }
  const mounted = await otherFileSystemIn(join(root, run.experiment, run.runId), top!.dev);
  if (mounted !== null) return kept(`${mounted} is on another file system`);
  const marked = await marks.of(run);
  const { pinned, tags } = marked;
  const added = tags.filter((tag) => !run.marks.tags.includes(tag));
  if (pinned) return kept('pinned since the plan was made');
  if (added.length > 0) return kept(`tagged ${added.join(', ')} since the plan was made`);
  if (isOurs && run.kind !== 'finished') {
    // the lock is the last thing written to it, so only whether it was finished can be asked
    const manifest = await statsOf(join(root, run.experiment, run.runId, MANIFEST_FILE));
    return manifest === null ? null : kept('it is finished now');
  }
  const now = await glanceAt(root, run, marked, { evenHeld: isOurs });
  if (now === null) return { outcome: 'gone', reason: null };
  return whyOther(run, now, policy, nowMs);
}

/** A folder in a run where another file system is mounted, which would be emptied; null when there is none. */
async function otherFileSystemIn(path: string, device: number): Promise<string | null> {
  let entries: Dirent[];
  try {
    entries = await readdir(path, { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw ioError(`cannot read ${path}`, error);
  }
  for (const entry of entries) {
    if (!entry.isDirectory()) continue;
    const inner = join(path, entry.name);
    const stats = await statsOf(inner);
    if (stats !== null && stats.dev !== device) return inner;
    const found = await otherFileSystemIn(inner, device);
    if (found !== null) return found;
  }
  return null;
}

function whyOther(run: FoundRun, now: FoundRun, { staleAfter }: Policy, nowMs: number): Ended | null {
  if (now.kind === 'finished') {
    if (run.kind !== 'finished') return kept('it is finished now');
    if (now.manifestDigest !== run.manifestDigest) {
      return kept('its manifest changed since the plan was made');
    }
    const { verdict } = now.marks;
    return verdict === run.marks.verdict
      ? null
      : kept(`${verdict ?? 'no longer judged'} since the plan was made`);
  }
  const isStale = mayBeStale(now) && staleAfter !== null && now.touchedMs < since(staleAfter, nowMs);
  return run.kind === now.kind && isStale ? null : kept(now.reason);
}

const kept = (reason: string): Ended => ({ outcome: 'kept', reason });

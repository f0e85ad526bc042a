import { CaptureError } from '../../core/errors.js';
import { leftoverOf, MANIFEST_FILE, SQLITE_FILE } from '../../core/layout.js';
import { runHolder } from '../../io/run-lock.js';
import type { FileCheck, RunContext } from '../run-context.js';

/** Whether a file is what a capture leaves; a finished SQLite file has no journal of ours beside it. */
export function isLeftover(name: string, { directory: { names } }: RunContext): boolean {
  const kind = leftoverOf(name);
  if (kind !== 'journal') return kind !== null;
  return names.includes(SQLITE_FILE) && !names.includes(MANIFEST_FILE);
}

/** Whether a capture is writing the run, as far as its lock tells. */
export async function isWritten(path: string): Promise<boolean> {
  try {
    return (await runHolder(path)) !== null;
  } catch (error) {
    // a lock that cannot be read counts as held
    if (error instanceof CaptureError) return true;
    throw error;
  }
}

/** Says what files are that a capture leaves when it is killed, and which of them must stay. */
export const leftovers: FileCheck = {
  name: 'leftovers',
  async before(context) {
    const { directory, report } = context;
    const found = directory.names.filter((name) => isLeftover(name, context));
    if (found.length === 0) return;
    const unfinished = (await isWritten(directory.path))
      ? 'not whole yet: the capture that writes it is running'
      : 'left by a capture that was killed; it can be removed';
    const journal = `a part of ${SQLITE_FILE}, which its writer has not closed: keep them together`;
    const recovered = `what a recovery that was killed has still to put in place: plume-nav-capture recover does`;
    const meaning = { journal, unfinished, recovered };
    for (const name of found) report('file-leftover', name, meaning[leftoverOf(name)!]);
  },
};

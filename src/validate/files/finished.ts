import { CaptureError } from '../../core/errors.js';
import { LOCK_FILE, MANIFEST_FILE } from '../../core/layout.js';
import type { RunDirectory } from '../../io/run-directory.js';
import { heldBy, runHolder } from '../../io/run-lock.js';
import type { FileCheck } from '../run-context.js';

async function why({ path, names }: RunDirectory): Promise<string> {
  try {
    const holder = await runHolder(path);
    if (holder !== null) return heldBy(holder);
    return names.includes(LOCK_FILE) ? 'it was killed' : 'it was killed, or failed';
  } catch (error) {
    if (error instanceof CaptureError) return error.message;
    throw error;
  }
}

/** The manifest is there: it is written last, so a run without it is not finished. */
export const finished: FileCheck = {
  name: 'finished',
  async before({ directory, foreign, blank, report }) {
    if (directory.names.includes(MANIFEST_FILE)) return;
    if (foreign) return report('manifest-foreign', null, `plume_nav_sim wrote no ${MANIFEST_FILE}`);
    const state = `the run is not finished (${await why(directory)})`;
    const records = blank ? ' and has no records yet' : '';
    report('unfinished', null, `there is no ${MANIFEST_FILE}: ${state}${records}`);
  },
};

import { CaptureError } from '../../core/errors.js';
import { MANIFEST_FILE } from '../../core/layout.js';
import { runHolder } from '../../io/run-lock.js';
import type { FileCheck } from '../run-context.js';

async function why(path: string): Promise<string> {
  try {
    const holder = await runHolder(path);
    return holder === null ? 'it was killed' : `process ${holder.pid} on ${holder.host} is writing it`;
  } catch (error) {
    if (error instanceof CaptureError) return error.message;
    throw error;
  }
}

/** The manifest is there: it is written last, so a run without it is not finished. */
export const finished: FileCheck = {
  name: 'finished',
  async before({ directory, foreign, report }) {
    if (directory.names.includes(MANIFEST_FILE)) return;
    if (foreign) return report('manifest-foreign', null, `plume_nav_sim wrote no ${MANIFEST_FILE}`);
    report(
      'unfinished',
      null,
      `there is no ${MANIFEST_FILE}: the run is not finished (${await why(directory.path)})`,
    );
  },
};

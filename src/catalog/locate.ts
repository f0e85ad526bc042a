import { realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { CaptureError } from '../core/errors.js';
import { isSafeComponent } from '../core/ids.js';
import { ioError } from '../io/io-error.js';
import { isRunDirectory } from '../io/run-directory.js';
import type { RunName } from './run-entry.js';

/** Where a capture puts its runs unless it is told otherwise. */
const USUAL_RESULTS = 'results';

export interface Located extends RunName {
  /** The results folder it lies in. */
  root: string;
}

/**
 * The run a path means: `<results>/<experiment>/<run_id>`.
 * @throws CaptureError `input` when there is none
 */
export async function locateRun(path: string): Promise<Located> {
  if (!(await isRunDirectory(path))) {
    // as `ls` prints it
    const meant = join(USUAL_RESULTS, path);
    throw new CaptureError('input', `${path} is not a run directory`, {
      hint: (await isRunDirectory(meant))
        ? `did you mean ${meant}?`
        : 'give one, <output>/<experiment>/<run_id>; plume-nav-capture ls lists them',
    });
  }
  try {
    return partsOf(await realpath(path));
  } catch (error) {
    throw ioError(`cannot read ${path}`, error);
  }
}

/** The same of a path where nothing needs to lie. */
export function partsOf(path: string): Located {
  const whole = resolve(path);
  const [runId, experiment] = [basename(whole), basename(dirname(whole))];
  if (isSafeComponent(runId) && isSafeComponent(experiment)) {
    return { root: dirname(dirname(whole)), experiment, runId };
  }
  throw new CaptureError('input', `${path} cannot be a run directory`, {
    hint: 'give <output>/<experiment>/<run_id>',
  });
}

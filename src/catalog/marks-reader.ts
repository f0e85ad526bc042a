import { join } from 'node:path';
import { statsOf } from '../io/stats-of.js';
import { MARKS_FOLDER, NO_MARKS, readMarks, type Marks } from './marks.js';
import type { RunName } from './run-entry.js';

/** The marks of runs as they are at the moment; a folder is read again only when it has changed. */
export class MarksReader {
  readonly #root: string;
  readonly #read = new Map<string, { changedMs: number; marks: ReadonlyMap<string, Marks> }>();

  constructor(root: string) {
    this.#root = root;
  }

  async of({ experiment, runId }: RunName): Promise<Marks> {
    const stats = await statsOf(join(this.#root, experiment, MARKS_FOLDER));
    const changedMs = stats?.mtimeMs ?? 0;
    let read = this.#read.get(experiment);
    // within the clock's tick of a change there may be another
    if (read?.changedMs !== changedMs || Date.now() - changedMs < 100) {
      read = { changedMs, marks: await readMarks(this.#root, experiment) };
      this.#read.set(experiment, read);
    }
    return read.marks.get(runId) ?? NO_MARKS;
  }
}

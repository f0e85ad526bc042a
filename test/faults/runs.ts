import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CaptureError } from '../../src/core/errors.js';
import { validateRun } from '../../src/validate/index.js';
import { capture, scratchDirectory } from '../e2e/binary.js';

/** `npm run faults` tries as much as the figures in docs/reliability.md say; `npm test` a part of it. */
export const tries = (full: number, some: number): number =>
  process.env['PLUME_FAULTS'] === 'full' ? full : some;

/** Each backend, and what makes a small run of it that has files of every kind. */
export const BACKENDS: [backend: string, overrides: string[]][] = [
  ['jsonl', ['parquet=true']],
  // a part has a member at least, and that 64 kB of text
  ['jsonl in parts', ['rotate_size=1000', 'env.max_steps=150', 'env.goal_radius=0']],
  ['parquet', ['record=parquet']],
  ['hdf5', ['record=hdf5']],
  ['sqlite', ['record=sqlite']],
];

/** A finished run of four episodes in a folder of its own. */
export async function finishedRun(overrides: readonly string[]): Promise<string> {
  const cwd = scratchDirectory();
  const { run_dir } = await capture(
    ['seed=3', 'episodes=4', 'env.grid_size=[16,16]', 'env.max_steps=40', 'workers=1', ...overrides],
    { cwd },
  );
  return join(cwd, run_dir);
}

/** Another copy of a run, under the same experiment and id. */
export function copyOf(run: string): string {
  const copy = join(scratchDirectory(), ...run.split('/').slice(-2));
  cpSync(run, copy, { recursive: true });
  return copy;
}

export const filesOf = (run: string): string[] => readdirSync(run).sort();

/** A change that leaves what the manifest says as it was is no error, but it is told. */
const TOLD = 'manifest-form';

/** What validation says of a run that may be damaged: the errors, with the files they are about. */
export async function problems(run: string): Promise<{ code: string; text: string }[]> {
  try {
    const { findings } = await validateRun(run);
    return findings
      .filter(({ severity, code }) => severity === 'error' || code === TOLD)
      .map(({ code, file, message }) => ({ code, text: `${file ?? ''} ${message}` }));
  } catch (error) {
    // one that is no run at all is refused; anything else is a bug of ours
    if (!(error instanceof CaptureError)) throw error;
    return [{ code: error.kind, text: error.message }];
  }
}

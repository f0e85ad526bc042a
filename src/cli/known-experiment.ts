import { readdir } from 'node:fs/promises';
import { CaptureError } from '../core/errors.js';
import { suggest } from '../core/nearest.js';

/** @throws CaptureError `usage` for an experiment that is none of the results folder's */
export async function requireExperiment(root: string, experiment: string | undefined): Promise<void> {
  if (experiment === undefined) return;
  const entries = await readdir(root, { withFileTypes: true });
  const known = entries.filter((each) => each.isDirectory() && !each.name.startsWith('.'));
  const names = known.map(({ name }) => name).sort();
  if (names.includes(experiment)) return;
  throw new CaptureError('usage', `${root} has no experiment '${experiment}'`, {
    hint: suggest(experiment, names),
  });
}

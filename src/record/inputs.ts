import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { CaptureError } from '../core/errors.js';
import type { MovieFrames } from '../core/ports.js';
import { ioError } from '../io/io-error.js';
import { movieDigest, openMovie } from '../io/movie.js';
import { parseActions } from '../sim/policies/scripted.js';
import { Simulation } from '../sim/simulation.js';
import type { CaptureSettings } from './settings.js';

/** A file or folder a run was made from, for the manifest. */
export interface RunInput {
  uri: string;
  sha256: string;
  role: 'movie' | 'actions';
}

/** Reads what the settings name (movie, actions file) and builds the simulation; nothing is written yet. */
export async function prepareSimulation(
  settings: CaptureSettings,
): Promise<{ simulation: Simulation; inputs: RunInput[] }> {
  const { env, movie, policy } = settings;
  const inputs: RunInput[] = [];
  let frames: MovieFrames | null = null;
  if (env.plume === 'movie') {
    if (movie.path === null) {
      throw new CaptureError('config', `env.plume is movie, but movie.path is null`, {
        hint: 'give the Zarr dataset: movie.path=DIR',
      });
    }
    frames = await openMovie(movie.path);
    inputs.push({ uri: movie.path, sha256: await movieDigest(movie.path), role: 'movie' });
  }
  let actions: readonly (readonly number[])[] | null = null;
  if (policy.name === 'scripted') {
    const text = await readFile(policy.actions_file).catch((error: unknown) => {
      throw new CaptureError('input', `cannot read policy.actions_file ${policy.actions_file}`, {
        hint: ioError('', error).hint,
        cause: error,
      });
    });
    actions = parseActions(text.toString(), policy.actions_file);
    const sha256 = createHash('sha256').update(text).digest('hex');
    inputs.push({ uri: policy.actions_file, sha256, role: 'actions' });
  }
  return { simulation: new Simulation({ env, policy, movie, frames, actions }), inputs };
}

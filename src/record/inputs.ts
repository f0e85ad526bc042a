import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { CaptureError } from '../core/errors.js';
import type { MovieFrames } from '../core/ports.js';
import { ioError } from '../io/io-error.js';
import { movieDigest, openMovie } from '../io/movie.js';
import type { PolicyFactory } from '../sim/policies/module.js';
import { parseActions } from '../sim/policies/scripted.js';
import { Simulation } from '../sim/simulation.js';
import { loadPolicy } from './load-policy.js';
import { requireRoomForEpisodes } from './quality.js';
import type { CaptureSettings } from './settings.js';

/** A file or folder a run was made from, for the manifest. */
export interface RunInput {
  uri: string;
  sha256: string;
  role: 'movie' | 'actions' | 'policy';
}

export interface PreparedSimulation {
  simulation: Simulation;
  inputs: RunInput[];
}

/**
 * Reads what the settings name (movie, actions file) and builds the simulation; nothing is written yet.
 * @param checked whether another thread has looked through the movie, which then is not an input here
 */
export async function prepareSimulation(
  settings: CaptureSettings,
  { checked = false }: { checked?: boolean } = {},
): Promise<PreparedSimulation> {
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
    if (!checked) {
      await readFrames(frames, env.max_steps);
      inputs.push({ uri: movie.path, sha256: await movieDigest(movie.path), role: 'movie' });
    }
  }
  let actions: readonly (readonly number[])[] | null = null;
  if (policy.name === 'scripted') {
    const file = policy.actions_file;
    const text = await readFile(file).catch((error: unknown) => {
      throw inputError(`cannot read policy.actions_file ${file}`, error);
    });
    // some editors begin a file with a byte order mark
    actions = parseActions(parseJson(text.toString().replace(/^\ufeff/, ''), file), file);
    if (actions.length !== 1 && actions.length < settings.episodes) {
      throw new CaptureError(
        'input',
        `'${file}' has actions for ${actions.length} episodes, not for ${settings.episodes}`,
        {
          hint: `ask for episodes=${actions.length}, or give a single list, which every episode plays`,
        },
      );
    }
    const sha256 = createHash('sha256').update(text).digest('hex');
    inputs.push({ uri: file, sha256, role: 'actions' });
  }
  let factory: PolicyFactory | null = null;
  if (policy.name === 'module') {
    const own = await loadPolicy(policy.module, process.cwd());
    factory = own.factory;
    inputs.push({ uri: policy.module, sha256: own.sha256, role: 'policy' });
  }
  const simulation = new Simulation({ env, policy, movie, frames, actions, factory });
  requireRoomForEpisodes(settings, simulation.observationWidth);
  return { simulation, inputs };
}

/** Reads every frame an episode can show, so that a damaged movie is found before a run is begun. */
async function readFrames(frames: MovieFrames, maxSteps: number): Promise<void> {
  for (let frame = 0; frame < frames.count && frame <= maxSteps; frame++) {
    if (frames.at(frame) === null) await frames.load(frame);
  }
}

/** What the system said about a file we were given, as a mistake of the input and not of our disk. */
function inputError(doing: string, error: unknown): CaptureError {
  const { message, hint } = ioError(doing, error);
  return new CaptureError('input', message, { hint, cause: error });
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CaptureError('input', `policy.actions_file ${file} is not JSON: ${(error as Error).message}`, {
      hint: 'give integers, [0, 1, 2], or a list of such lists, one an episode',
      cause: error,
    });
  }
}

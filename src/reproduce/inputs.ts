import { stat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { CaptureError } from '../core/errors.js';
import { manifestSchema } from '../core/records.js';
import { hashFile } from '../io/file-hash.js';
import { ioError } from '../io/io-error.js';
import { movieDigest } from '../io/movie.js';
import { prepareSimulation, type PreparedSimulation, type RunInput } from '../record/inputs.js';
import type { CaptureSettings } from '../record/settings.js';
import type { RunRecords } from './run-records.js';

/**
 * The simulation that a run's settings name.
 * @param onNote told which inputs are no longer those the run was made with, before they fail to load
 * @throws CaptureError `input` for an input that is gone or no longer fits
 */
export async function prepareAgain(
  settings: CaptureSettings,
  { manifest, directory: { run } }: RunRecords,
  onNote: (note: string) => void,
): Promise<PreparedSimulation['simulation']> {
  const { env, movie, policy } = settings;
  const movieFile = env.plume === 'movie' ? movie.path : null;
  const actionsFile = policy.name === 'scripted' ? policy.actions_file : null;
  const { inputs: known } = manifestSchema.shape;
  const inputs = manifest?.inputs ?? known.safeParse(run.extra?.['inputs']).data ?? [];
  const note = (input: RunInput): void => {
    const then = inputs.find(({ role }) => role === input.role)?.sha256 ?? input.sha256;
    if (then !== input.sha256) onNote(changeOf(input, then));
  };
  try {
    if (movieFile !== null) note({ uri: movieFile, sha256: await movieDigest(movieFile), role: 'movie' });
    if (actionsFile !== null) {
      await requireFile(actionsFile);
      note({ uri: actionsFile, sha256: (await hashFile(actionsFile)).sha256, role: 'actions' });
    }
    // a movie's frames are looked at as they are shown: nothing is written that a damaged one could spoil
    const { simulation, inputs: read } = await prepareSimulation(settings, { checked: true });
    for (const input of read) if (input.role === 'policy') note(input);
    return simulation;
  } catch (error) {
    const relative = [movieFile, actionsFile].some((file) => file !== null && !isAbsolute(file));
    if (!relative || !(error instanceof CaptureError) || !isMissing(error.cause)) throw error;
    throw new CaptureError('input', error.message, {
      hint: 'relative paths start at the current folder: run this where the capture ran',
      cause: error,
    });
  }
}

/** A run that somebody sent names it: what has no end is not read. */
async function requireFile(file: string): Promise<void> {
  const found = await stat(file).catch((error: unknown) => {
    const { message, hint } = ioError(`cannot read policy.actions_file ${file}`, error);
    throw new CaptureError('input', message, { hint, cause: error });
  });
  if (!found.isFile()) throw new CaptureError('input', `policy.actions_file ${file} is no file`);
}

const isMissing = (cause: unknown): boolean =>
  (cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';

const NAMES: Readonly<Record<RunInput['role'], string>> = {
  movie: 'movie',
  actions: 'actions file',
  policy: 'policy module',
};

function changeOf({ role, uri, sha256 }: RunInput, then: string): string {
  const [now, before] = [sha256, then].map((digest) => digest.slice(0, 12));
  return `the ${NAMES[role]} ${uri} is not the one the run was made with: sha256 ${now}, then ${before}`;
}

import { lstat, realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { CaptureError } from '../core/errors.js';
import type { StreamName } from '../core/layout.js';
import { exists } from '../io/atomic.js';
import { ioError } from '../io/io-error.js';
import { realPathSoFar } from '../io/real-path.js';
import { episodesFileName } from './format-names.js';
import type { ExportFormat } from './formats/format.js';

/** Where an export goes. */
export interface Target {
  /** Folder of all there will be. */
  readonly parent: string;
  /** Paths as the user gave them: of the steps, the one file or the folder, and of the episodes. */
  readonly paths: Readonly<Record<StreamName, string>>;
  readonly kind: ExportFormat['target'];
}

export function targetOf(out: string, kind: ExportFormat['target']): Target {
  const beside = join(dirname(out), episodesFileName(basename(out)));
  return { parent: dirname(resolve(out)), paths: { steps: out, episodes: beside }, kind };
}

/** The paths an export makes or replaces. */
export const targetPaths = ({ paths, kind }: Target): string[] =>
  kind === 'streams' ? [paths.steps, paths.episodes] : [paths.steps];

/**
 * Refuses a target that is taken, or lies in the run itself: its files are what the manifest says, and no more.
 * @throws CaptureError `input`
 */
export async function requireFree(target: Target, runDir: string, force: boolean): Promise<void> {
  const run = await realpath(runDir);
  for (const path of targetPaths(target)) {
    const real = join(await realPathSoFar(dirname(resolve(path))), basename(path));
    if (real === run || real.startsWith(run + sep) || run.startsWith(real + sep)) {
      throw new CaptureError('input', `--out: ${path} lies in the run, or the run in it`, {
        hint: 'choose a place of its own: a run holds what its manifest lists',
      });
    }
    await requireReplaceable(path, target.kind, force);
  }
}

async function requireReplaceable(path: string, kind: Target['kind'], force: boolean): Promise<void> {
  const stats = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw ioError(`cannot look at ${path}`, error);
  });
  if (stats === null) return;
  const isFolder = stats.isDirectory();
  if (isFolder !== (kind === 'folder')) {
    throw new CaptureError('input', `--out: ${path} is ${isFolder ? 'a folder' : 'no folder'}`, {
      hint: isFolder ? 'give the name of a file' : 'this format makes a folder; choose another name',
    });
  }
  if (!force) {
    throw new CaptureError('input', `--out: ${path} exists already`, {
      hint: 'choose another name, or replace it with --force',
    });
  }
  if (kind === 'folder' && !(await exists(join(path, 'data', 'metadata.json')))) {
    throw new CaptureError('input', `--out: ${path} is a folder, but not one this format has made`, {
      hint: 'only a dataset is replaced; remove the folder yourself, or choose another name',
    });
  }
}

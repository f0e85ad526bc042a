import { lstat, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { CaptureError } from '../core/errors.js';
import { DATASET_INDEX_FILE, REJECTED_FOLDER } from '../core/layout.js';
import { exists } from '../io/atomic.js';
import { hashFile } from '../io/file-hash.js';
import { ioError } from '../io/io-error.js';
import { realPathSoFar } from '../io/real-path.js';
import { parseDatasetIndex } from '../core/dataset-index.js';
import type { DestinationFacts } from './plan.js';

/**
 * Looks at `<out_dir>/<experiment>/<run_id>`. A link for `out_dir` is the user's choice and is followed; one for the
 * experiment would lead out of it and is refused. Files that are links (into DVC's cache, say) count by content.
 */
export async function destinationFacts(
  outDir: string,
  experiment: string,
  runId: string,
): Promise<DestinationFacts> {
  const folder = join(outDir, experiment);
  const path = join(folder, runId);
  const parent = await kindOf(folder);
  if (parent === 'link' || parent === 'other') {
    const what = parent === 'link' ? 'a symbolic link' : 'not a directory';
    throw new CaptureError('input', `${folder} is ${what}: ingest writes to folders of ${outDir} only`, {
      hint: 'remove it, or make the out_dir itself the link',
    });
  }
  const kind = await kindOf(path);
  const found = kind === 'folder' ? await folderFacts(path) : { index: null, files: new Map() };
  return { path, kind, ...found };
}

async function folderFacts(
  path: string,
): Promise<Partial<DestinationFacts> & Pick<DestinationFacts, 'index' | 'files'>> {
  const files = new Map<string, string | null>();
  const names = await listFolder(path);
  if (names.length === 0) return { kind: 'empty', index: null, files };
  let index = null;
  for (const name of names) {
    const file = join(path, name);
    // a link whose target is gone (DVC's cache was cleared) holds nothing
    if (!(await exists(file))) continue;
    // what cannot be read, a folder say, counts as damaged
    const hash = await hashFile(file).catch(() => null);
    if (name !== DATASET_INDEX_FILE) files.set(name, hash?.sha256 ?? null);
    else if (hash !== null) index = parseDatasetIndex(await readFile(file, 'utf8'));
  }
  return { index, files };
}

/** What stands in the place of the folder of samples, a link say, counts as nothing. */
async function listFolder(path: string): Promise<string[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    const folder = entries.find((entry) => entry.name === REJECTED_FOLDER && entry.isDirectory());
    const names = entries.filter((entry) => entry.name !== REJECTED_FOLDER).map(({ name }) => name);
    if (folder === undefined) return names;
    const inside = await readdir(join(path, REJECTED_FOLDER));
    return [...names, ...inside.map((name) => `${REJECTED_FOLDER}/${name}`)];
  } catch (error) {
    throw ioError(`cannot read ${path}`, error);
  }
}

async function kindOf(path: string): Promise<DestinationFacts['kind']> {
  try {
    const stats = await lstat(path);
    return stats.isDirectory() ? 'folder' : stats.isSymbolicLink() ? 'link' : 'other';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'absent';
    throw ioError(`cannot look at ${path}`, error);
  }
}

/** Refuses an `out_dir` that is a link to nothing: there is no folder to make at its end. */
export async function requireNoDanglingLink(outDir: string): Promise<void> {
  const path = resolve(outDir);
  if ((await kindOf(path)) !== 'link') return;
  try {
    await stat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw ioError(`cannot look at ${outDir}`, error);
    throw new CaptureError('io', `out_dir ${outDir} is a symbolic link that leads nowhere`, {
      hint: 'make the folder it leads to, or remove the link',
    });
  }
}

/** Refuses a run that lies where it would be copied to, and a dataset inside of the run. */
export async function requireApart(runDir: string, destination: string): Promise<void> {
  const from = await realpath(runDir);
  // a link in the run's own place would be replaced, so it stands for itself
  const to = join(await realPathSoFar(dirname(resolve(destination))), basename(destination));
  const inside = (a: string, b: string): boolean => a === b || a.startsWith(b + sep);
  if (!inside(from, to) && !inside(to, from)) return;
  throw new CaptureError('input', `run_dir ${runDir} and its place in the dataset, ${destination}, overlap`, {
    hint: 'choose an out_dir that is not the folder of the results',
  });
}

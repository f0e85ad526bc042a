import type { Dirent } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseTypedJson, plainJson, type JsonMap, type JsonValue } from '../core/canonical-json.js';
import { CaptureError } from '../core/errors.js';
import { isLockFile, MANIFEST_FILE, REJECTED_FOLDER, RUN_FILE } from '../core/layout.js';
import { runSchema, type RunMetadata } from '../core/records.js';
import { ioError } from './io-error.js';

/** A run directory as found on disk, its run.json read and checked against the schema. */
export interface RunDirectory {
  path: string;
  /** File names in it, and in its only folder as `rejected_samples/<name>`; sorted. */
  names: string[];
  run: RunMetadata;
  /** run.json as it stands, integers (bigint) and floats (number) apart. */
  runJson: JsonMap;
}

/** The run.json of ten million episodes, the most there can be, with the largest seeds. */
export const MAX_JSON_BYTES = 200_000_000;
/** That many seeds, and some; what is read of a value takes far more memory than its bytes. */
const MAX_JSON_VALUES = 11_000_000;
const COMMA = 44;

/**
 * The bytes of run.json or manifest.json, which have to be in memory as a whole.
 * @throws CaptureError `input` when that would be too much, `io` when they cannot be read
 */
export async function readJsonBytes(path: string): Promise<Buffer> {
  try {
    const file = await open(path, 'r');
    try {
      if ((await file.stat()).size > MAX_JSON_BYTES) throw tooLarge(path, `${MAX_JSON_BYTES / 1e6} MB`);
      const bytes = await file.readFile();
      let commas = 0;
      for (let at = bytes.indexOf(COMMA); at >= 0; at = bytes.indexOf(COMMA, at + 1)) commas++;
      if (commas > MAX_JSON_VALUES) throw tooLarge(path, `${MAX_JSON_VALUES / 1e6} million values`);
      return bytes;
    } finally {
      await file.close();
    }
  } catch (error) {
    throw ioError(`cannot read ${path}`, error);
  }
}

const tooLarge = (path: string, most: string): CaptureError =>
  new CaptureError('input', `${path} is larger than ${most}, more than any run needs`, {
    hint: 'take the run from where it was captured',
  });

/** JSON of a file, integers and floats apart; a syntax error names the file. */
async function readJsonFile(path: string): Promise<JsonValue> {
  const bytes = await readJsonBytes(path);
  try {
    return parseTypedJson(bytes.toString());
  } catch (error) {
    throw new CaptureError(
      'input',
      `${path} is not valid JSON: ${(error as Error).message.replaceAll(/\s+/g, ' ')}`,
      {
        cause: error,
      },
    );
  }
}

/** File names of a directory, sorted; `input` error when it is no directory. */
export const listDirectory = async (path: string): Promise<string[]> => namesOf(await entriesOf(path));

const namesOf = (entries: readonly Dirent[]): string[] => entries.map(({ name }) => name).sort();

async function entriesOf(path: string): Promise<Dirent[]> {
  try {
    return await readdir(path, { withFileTypes: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      const what = code === 'ENOENT' ? 'does not exist' : 'is a file, not a run directory';
      throw new CaptureError('input', `${path} ${what}`, {
        hint: 'give a run directory: <output>/<experiment>/<run_id>',
      });
    }
    throw ioError(`cannot read directory ${path}`, error);
  }
}

/**
 * Opening a pipe waits for ever and a device never ends, so a directory that has one, or a link to one, is no run.
 * @throws CaptureError `input` that names it
 */
async function refuseSpecialFiles(path: string, entries: readonly Dirent[]): Promise<void> {
  for (const entry of entries) {
    if (entry.isFile() || entry.isDirectory()) continue;
    // a link that leads nowhere is said where the file is needed
    const found = await stat(join(path, entry.name)).catch(() => null);
    if (found === null || found.isFile() || found.isDirectory()) continue;
    const what = found.isFIFO() ? 'a pipe' : found.isSocket() ? 'a socket' : 'a device';
    throw new CaptureError('input', `${join(path, entry.name)} is ${what}, and a run has only files`, {
      hint: 'remove it',
    });
  }
}

/** Puts the files of the folder in the place of its name; what is no folder keeps it, and is no part of a run. */
async function listRejected(path: string, names: string[]): Promise<void> {
  const folder = join(path, REJECTED_FOLDER);
  const isFolder = await stat(folder).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  if (!isFolder) return;
  const entries = await entriesOf(folder);
  await refuseSpecialFiles(folder, entries);
  const files = namesOf(entries).map((name) => `${REJECTED_FOLDER}/${name}`);
  names.splice(names.indexOf(REJECTED_FOLDER), 1, ...files);
}

/** Whether a path is a directory with a run.json in it: what every command takes for a run. */
export async function isRunDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(join(path, RUN_FILE))).isFile();
  } catch {
    return false;
  }
}

/**
 * Opens a run directory, ours or plume_nav_sim's.
 * @throws CaptureError `input` when the path is no run or run.json does not read as one
 */
export async function openRun(path: string): Promise<RunDirectory> {
  const entries = await entriesOf(path);
  const names = namesOf(entries);
  if (!names.includes(RUN_FILE)) {
    throw new CaptureError('input', `${path} is not a run directory: it has no ${RUN_FILE}`, {
      hint: names.some(isLockFile)
        ? 'its capture was killed before the first step, or is about to begin: there is nothing in it yet'
        : 'give a run directory: <output>/<experiment>/<run_id>',
    });
  }
  await refuseSpecialFiles(path, entries);
  if (names.includes(REJECTED_FOLDER)) await listRejected(path, names);
  const runPath = join(path, RUN_FILE);
  const runJson = await readJsonFile(runPath);
  const parsed = runSchema.safeParse(plainJson(runJson));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue!.path.join('.');
    throw new CaptureError(
      'input',
      `${runPath} is not a valid run.json: ${where === '' ? '' : `${where}: `}${issue!.message}`,
    );
  }
  return { path, names, run: parsed.data, runJson: runJson as JsonMap };
}

/**
 * manifest.json as it stands, integers and floats apart; null when the run is not finished.
 * @throws CaptureError `input` when it is not one JSON object
 */
export async function readManifest(run: RunDirectory): Promise<JsonMap | null> {
  if (!run.names.includes(MANIFEST_FILE)) return null;
  const path = join(run.path, MANIFEST_FILE);
  const value = await readJsonFile(path);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new CaptureError('input', `${path} is not a JSON object`);
  }
  return value as JsonMap;
}

import { basename, dirname, resolve } from 'node:path';
import { isSafeComponent } from '../../core/ids.js';
import {
  CONFIG_FILE,
  DATASET_INDEX_FILE,
  LOCK_FILE,
  MANIFEST_FILE,
  OVERRIDES_FILE,
  parseStreamFile,
  RUN_FILE,
  STREAM_NAMES,
} from '../../core/layout.js';
import { findParts } from '../parts.js';
import type { FileCheck, RunContext } from '../run-context.js';

const KNOWN: ReadonlySet<string> = new Set([
  RUN_FILE,
  MANIFEST_FILE,
  CONFIG_FILE,
  OVERRIDES_FILE,
  LOCK_FILE,
  DATASET_INDEX_FILE,
]);

/** run_id and experiment, as named in run.json, are the last two components of the path. */
function checkNames({ directory: { path, run }, report }: RunContext): void {
  const full = resolve(path);
  const places = [
    ['run_id', 'directory-run-id', basename(full)],
    ['experiment', 'directory-experiment', basename(dirname(full))],
  ] as const;
  for (const [key, code, place] of places) {
    const name = run[key];
    if (!isSafeComponent(name)) report('run-name', RUN_FILE, `${key} '${name}' is not a valid name`);
    else if (name !== place) report(code, RUN_FILE, `${key} is '${name}', the directory is named '${place}'`);
  }
}

function checkParts({ directory: { names }, format, report }: RunContext): void {
  for (const stream of STREAM_NAMES) {
    const { missing, double } = findParts(names, stream, format);
    for (const name of missing) {
      const code = parseStreamFile(name)!.part === 0 ? 'file-missing' : 'part-missing';
      report(code, name, `${name} is missing`);
    }
    for (const [name, first] of double) report('part-double', name, `${first} is the same part`);
  }
}

/** The files a run must have are there, its parts are numbered without gaps, and it lies where run.json says. */
export const layout: FileCheck = {
  name: 'layout',
  before(context) {
    checkNames(context);
    checkParts(context);
    for (const name of context.directory.names) {
      if (KNOWN.has(name) || parseStreamFile(name) !== null) continue;
      context.report('file-unknown', name, 'this file is no part of a run');
    }
  },
};

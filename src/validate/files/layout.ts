import { basename, dirname, resolve } from 'node:path';
import { isSafeComponent } from '../../core/ids.js';
import {
  CONFIG_FILE,
  DATASET_INDEX_FILE,
  jsonlPartName,
  LOCK_FILE,
  MANIFEST_FILE,
  OVERRIDES_FILE,
  parquetName,
  parseStreamFile,
  RUN_FILE,
  STREAM_NAMES,
} from '../../core/layout.js';
import type { FileCheck, RunContext } from '../run-context.js';

const KNOWN: ReadonlySet<string> = new Set([
  RUN_FILE,
  MANIFEST_FILE,
  CONFIG_FILE,
  OVERRIDES_FILE,
  LOCK_FILE,
  DATASET_INDEX_FILE,
]);

function checkNames({ directory: { path, run }, report }: RunContext): void {
  for (const name of ['run_id', 'experiment'] as const) {
    if (!isSafeComponent(run[name]))
      report('run-name', RUN_FILE, `${name} '${run[name]}' is not a valid name`);
  }
  const full = resolve(path);
  if (basename(full) !== run.run_id) {
    report('directory-run-id', RUN_FILE, `run_id is '${run.run_id}', the directory '${basename(full)}'`);
  }
  const parent = basename(dirname(full));
  if (parent !== run.experiment) {
    report(
      'directory-experiment',
      RUN_FILE,
      `experiment is '${run.experiment}', the parent directory '${parent}'`,
    );
  }
}

function checkParts({ directory: { names }, format, report }: RunContext): void {
  for (const stream of STREAM_NAMES) {
    const parts = new Map<number, string>();
    for (const name of names) {
      const file = parseStreamFile(name);
      if (file?.stream !== stream || file.format !== format) continue;
      const other = parts.get(file.part);
      if (other !== undefined) report('part-double', name, `${other} is part ${file.part} too`);
      parts.set(file.part, name);
    }
    const first = format === 'jsonl' ? jsonlPartName(stream, 0) : parquetName(stream);
    if (!parts.has(0)) report('file-missing', first, `${first} is missing`);
    const last = Math.max(0, ...parts.keys());
    for (let part = 1; part < last; part++) {
      if (parts.has(part)) continue;
      const name = jsonlPartName(stream, part);
      report('part-missing', name, `${name} is missing, but part ${last} is there`);
    }
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

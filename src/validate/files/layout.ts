import { realpath } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { shown } from '../../core/findings.js';
import { isSafeComponent } from '../../core/ids.js';
import {
  isFileBesideRecords,
  isRecordFile,
  jsonlPartName,
  parquetPartName,
  RUN_FILE,
  STREAM_NAMES,
  unfinishedParquetName,
} from '../../core/layout.js';
import { findParts, type PartRange } from '../../core/parts.js';
import type { FileCheck, RunContext } from '../run-context.js';
import { isLeftover } from './leftovers.js';

/** Gaps named in one finding. */
const RANGES_SHOWN = 10;

/** run_id and experiment, as named in run.json, are the last two components of the path, links followed. */
async function checkNames({ directory: { path, run }, report }: RunContext): Promise<void> {
  const full = await realpath(path);
  const places = [
    ['run_id', 'directory-run-id', basename(full)],
    ['experiment', 'directory-experiment', basename(dirname(full))],
  ] as const;
  for (const [key, code, place] of places) {
    const name = run[key];
    if (!isSafeComponent(name)) report('run-name', RUN_FILE, `${key} ${shown(name)} is not a valid name`);
    else if (name !== place) report(code, RUN_FILE, `${key} is '${name}', the directory is named '${place}'`);
  }
}

function checkParts({ directory: { names }, format, unfinished, blank, report }: RunContext): void {
  if (blank) return;
  const partName = format === 'parquet' ? parquetPartName : jsonlPartName;
  for (const stream of STREAM_NAMES) {
    const { missingFirst, missing, double } = findParts(names, stream, format);
    if (missingFirst !== null && !(unfinished && names.includes(unfinishedParquetName(missingFirst)))) {
      report('file-missing', missingFirst, `${missingFirst} is missing`);
    }
    const [first] = missing;
    if (first !== undefined) report('part-missing', partName(stream, first[0]), gapText(missing));
    for (const [name, other] of double) report('part-double', name, `${other} is the same part`);
  }
}

function gapText(ranges: readonly PartRange[]): string {
  const texts = ranges
    .slice(0, RANGES_SHOWN)
    .map(([from, to]) => (from === to ? String(from) : `${from} to ${to}`));
  const more = ranges.length - texts.length;
  const list = texts.join(', ') + (more > 0 ? ` and ${more} more ranges` : '');
  const [[from, to]] = ranges as [PartRange];
  return ranges.length === 1 && from === to ? `part ${list} is missing` : `parts ${list} are missing`;
}

/** The files a run must have are there, its parts are numbered without gaps, and it lies where run.json says. */
export const layout: FileCheck = {
  name: 'layout',
  async before(context) {
    await checkNames(context);
    checkParts(context);
    // a backend of somebody's own has file names of its own
    const listed = new Set(context.manifest?.data?.files.map((file) => file.path));
    for (const name of context.directory.names) {
      if (listed.has(name)) continue;
      if (isFileBesideRecords(name) || isRecordFile(name) || isLeftover(name, context)) continue;
      context.report('file-unknown', name, 'this file is no part of a run');
    }
  },
};
